// Reads a stream of server-sent events message by message, as a browser would.

export interface StreamMessage {
  event: string;
  id: string | null;
  data: unknown;
}

export interface EventStream {
  readonly response: Response;
  /** Everything that has arrived by now; comments are messages called `comment`. Null once the stream has ended. */
  arrived(): Promise<StreamMessage[] | null>;
  /** Goes away, as a closed tab does. */
  leave(): Promise<void>;
}

export function readEventStream(response: Response): EventStream {
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('The answer has no body.');
  const decoder = new TextDecoder();
  let text = '';
  let over = false;
  let pending: Promise<void> | null = null;

  function pull(): Promise<void> {
    pending ??=
      reader?.read().then(
        ({ done, value }) => {
          pending = null;
          if (done) over = true;
          else text += decoder.decode(value, { stream: true });
        },
        () => {
          over = true;
        },
      ) ?? Promise.resolve();
    return pending;
  }

  return {
    response,
    async arrived() {
      for (let more = true; more && !over; ) {
        const before = text.length;
        await Promise.race([pull(), new Promise((resolve) => setImmediate(resolve))]);
        more = text.length > before;
      }
      const end = text.lastIndexOf('\n\n') + 2;
      const blocks = end < 2 ? [] : text.slice(0, end).split('\n\n').filter(Boolean);
      text = text.slice(Math.max(0, end));
      if (blocks.length === 0 && over) return null;
      return blocks.map(messageOf);
    },
    leave: async () => {
      await reader.cancel();
    },
  };
}

function messageOf(block: string): StreamMessage {
  const message: StreamMessage = { event: 'comment', id: null, data: null };
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
    if (name === 'event') message.event = value;
    if (name === 'id') message.id = value;
    if (name === 'data') message.data = JSON.parse(value);
    if (name === '') message.data = value;
  }
  return message;
}
