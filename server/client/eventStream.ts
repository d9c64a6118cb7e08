/** Server-sent events out of a body that goes on arriving: `fetch` can send a token along, which `EventSource` cannot. */

export interface ServerEvent {
  event: string;
  data: string;
}

/** The events of a stream, until it ends; whoever goes away earlier ends it. Comments are passed over. */
export async function* eventsIn(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += part.value;
      const messages = text.split('\n\n');
      text = messages.pop()!;
      for (const message of messages) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/m.exec(message) ?? [];
        if (event !== undefined) yield { event, data };
      }
    }
  } finally {
    await reader.cancel();
  }
}
