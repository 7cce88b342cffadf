using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CoAgent.Benchmarks.Load;

/// <summary>
/// One kept-alive HTTP/1.1 connection with blocking sends and receives, and nothing of a library between.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int AnswerBytesMax = 16 * 1024 * 1024;
    private const int TimeoutMilliseconds = 30_000;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
        ReceiveTimeout = TimeoutMilliseconds,
        SendTimeout = TimeoutMilliseconds,
    };

    private byte[] buffer = new byte[64 * 1024];
    private int filled;

    public HttpConnection(int port) => socket.Connect(IPAddress.Loopback, port);

    /// <summary>The session that the last answer named, if it named one.</summary>
    public string? SessionId { get; private set; }

    /// <summary>Sends a whole request and waits for the whole answer; the span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Exchange(ReadOnlySpan<byte> request)
    {
        socket.Send(request);
        filled = 0;
        int headLength;
        while ((headLength = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            Receive();
        }

        var head = ReadHead(buffer.AsSpan(0, headLength));
        var bodyStart = headLength + 4;
        var length = head.Chunked ? ReceiveChunks(bodyStart) : ReceiveExactly(bodyStart, head.Length);
        var body = buffer.AsSpan(bodyStart, length);
        return head.Status is >= 200 and < 300
            ? body
            : throw new InvalidDataException($"HTTP {head.Status}: {Opening(body)}");
    }

    public void Dispose() => socket.Dispose();

    private readonly record struct Head(int Status, int Length, bool Chunked);

    private Head ReadHead(ReadOnlySpan<byte> head)
    {
        var status = Number(head["HTTP/1.1 ".Length..]);
        var length = 0;
        var chunked = false;
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (Value(line, "content-length:"u8) is { IsEmpty: false } count)
            {
                length = Number(count);
            }
            else if (Value(line, "transfer-encoding:"u8) is { IsEmpty: false } encoding)
            {
                chunked = encoding.SequenceEqual("chunked"u8);
            }
            else if (Value(line, "mcp-session-id:"u8) is { IsEmpty: false } session)
            {
                SessionId = Encoding.ASCII.GetString(session);
            }
        }

        return new Head(status, length, chunked);
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name)
            ? line[name.Length..].Trim((byte)' ')
            : default;

    private static int Number(ReadOnlySpan<byte> digits, char format = 'D') =>
        Utf8Parser.TryParse(digits, out int number, out _, format)
            ? number
            : throw new InvalidDataException($"not HTTP: a number was expected at '{Opening(digits)}'");

    private static string Opening(ReadOnlySpan<byte> bytes) =>
        Encoding.UTF8.GetString(bytes[..Math.Min(300, bytes.Length)]);

    private int ReceiveExactly(int start, int length)
    {
        while (filled < start + length)
        {
            Receive();
        }

        return length;
    }

    // Chunks are moved together in place; what is returned is the length of the body without its framing.
    private int ReceiveChunks(int start)
    {
        var body = start;
        var at = start;
        while (true)
        {
            int lineLength;
            while ((lineLength = buffer.AsSpan(at, filled - at).IndexOf("\r\n"u8)) < 0)
            {
                Receive();
            }

            var size = Number(buffer.AsSpan(at, lineLength), 'x');
            var data = at + lineLength + 2;
            ReceiveExactly(data, size + 2);
            if (size == 0)
            {
                return body - start;
            }

            buffer.AsSpan(data, size).CopyTo(buffer.AsSpan(body));
            body += size;
            at = data + size + 2;
        }
    }

    private void Receive()
    {
        if (filled == buffer.Length)
        {
            if (filled >= AnswerBytesMax)
            {
                throw new InvalidDataException($"an answer is longer than {AnswerBytesMax} bytes");
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var count = socket.Receive(buffer.AsSpan(filled));
        filled += count > 0 ? count : throw new EndOfStreamException("the server closed the connection");
    }
}
