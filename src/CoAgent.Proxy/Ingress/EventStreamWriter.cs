using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Proxy.Ingress;

/// <summary>Writes server-sent events to one HTTP response.</summary>
/// <remarks>Not safe for concurrent use; whoever owns it takes turns.</remarks>
internal sealed class EventStreamWriter(HttpResponse response)
{
    public bool HasStarted => response.HasStarted;

    /// <summary>Makes the response a stream; the headers leave with its first event.</summary>
    public void Prepare()
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Sends the headers, so that the client knows at once that the stream is open.</summary>
    public async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        Prepare();
        await response.StartAsync(cancellationToken);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    public async ValueTask WriteAsync(Splice message, CancellationToken cancellationToken)
    {
        Write("event: message\ndata: "u8);
        message.WriteTo(response.BodyWriter);
        Write("\n\n"u8);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>A comment, which keeps proxies and clients from taking a quiet stream for a dead one.</summary>
    public async ValueTask KeepAliveAsync(CancellationToken cancellationToken)
    {
        Write(": \n\n"u8);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(response.BodyWriter.GetSpan(bytes.Length));
        response.BodyWriter.Advance(bytes.Length);
    }
}
