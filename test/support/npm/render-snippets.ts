// Lines of nginx that several servers and places share.

/** What lets a connection be upgraded. */
export const upgrade = `    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $http_connection;
    proxy_http_version 1.1;
`;

/** The place that caches what rarely changes. */
export function assets(): string {
  return `  location ~* ^.*\\.(css|js|jpe?g|gif|png|webp|woff|woff2|eot|ttf|svg|ico|css\\.map|js\\.map)$ {
    if_modified_since off;
    proxy_cache public-cache;
    proxy_cache_key $host$request_uri;
    proxy_ignore_headers Set-Cookie Cache-Control Expires X-Accel-Expires;
    proxy_cache_valid any 30m;
    proxy_cache_valid 404 1m;
    proxy_no_cache $cookie_nocache $arg_nocache $arg_comment;
    proxy_cache_bypass $cookie_nocache $arg_nocache $http_pragma $http_authorization;
    proxy_hide_header Last-Modified;
    proxy_set_header Host $host;
    proxy_pass $forward_scheme://$server:$port$request_uri;
    access_log off;
  }
`;
}

/** A few of the patterns that the real one blocks. */
export const exploits = `  if ($query_string ~ "[a-zA-Z0-9_]=http://") { return 403; }
  if ($query_string ~ "base64_(en|de)code\\(.*\\)") { return 403; }
  if ($query_string ~ "(<|%3C).*script.*(>|%3E)") { return 403; }
`;
