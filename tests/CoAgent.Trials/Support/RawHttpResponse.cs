using System.Net;
using System.Runtime.CompilerServices;

namespace CoAgent.Trials.Support;

/// <summary>One HTTP response: its status at once, its messages as they come. Disposing it closes the stream.</summary>
internal sealed class RawHttpResponse(HttpResponseMessage response) : IAsyncDisposable
{
    private readonly List<RawMessage> seen = [];
    private IAsyncEnumerator<RawMessage>? messages;

    public HttpStatusCode Status => response.StatusCode;

    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    public bool IsEventStream => ContentType == "text/event-stream";

    /// <summary>The messages read so far, in order.</summary>
    public IReadOnlyList<RawMessage> Seen => seen;

    /// <summary>A header of the response, or nothing.</summary>
    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>The next message, or nothing at the end of the response.</summary>
    public async Task<RawMessage?> NextAsync(CancellationToken cancellationToken)
    {
        // The reads go on between calls, so that their token is not one call's.
        messages ??= ReadAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        if (!await messages.MoveNextAsync().AsTask().WithinAsync("a message on an HTTP response", cancellationToken))
        {
            return null;
        }

        seen.Add(messages.Current);
        return messages.Current;
    }

    /// <summary>The next message with this method; what comes before it is left out.</summary>
    public async Task<RawMessage> NextAsync(string method, CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) is { } message)
        {
            if (message.Method == method)
            {
                return message;
            }
        }

        throw new EndOfStreamException($"The response ended without {method}.");
    }

    /// <summary>Reads up to the answer; what came before it is in <see cref="Seen"/>.</summary>
    public async Task<RawMessage> AnswerAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) is { } message)
        {
            if (message.IsAnswer)
            {
                return message;
            }
        }

        throw new EndOfStreamException($"The response ({(int)Status}) ended without an answer.");
    }

    /// <summary>The whole body as text.</summary>
    public Task<string> TextAsync(CancellationToken cancellationToken) =>
        response.Content.ReadAsStringAsync(cancellationToken).WithinAsync("an HTTP body", cancellationToken);

    public ValueTask DisposeAsync()
    {
        response.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<RawMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!IsEventStream)
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (body.Length > 0)
            {
                yield return new RawMessage(body);
            }

            yield break;
        }

        var events = new EventReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await events.ReadAsync(cancellationToken) is { } data)
        {
            yield return new RawMessage(data);
        }
    }
}
