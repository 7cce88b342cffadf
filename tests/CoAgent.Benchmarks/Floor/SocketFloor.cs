using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using CoAgent.Benchmarks.Wire;

namespace CoAgent.Benchmarks.Floor;

/// <summary>The daemon of the floor for stdio to stdio: a Unix socket in front of one child.</summary>
internal sealed class SocketFloor(StdioMux mux)
{
    /// <summary>Accepts until the process is ended; says on standard output when it can be reached.</summary>
    public void Run(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Console.WriteLine(FloorBridge.Ready);
        while (true)
        {
            var client = listener.Accept();
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        var asker = new SocketAsker(stream);
        var reader = PipeReader.Create(stream);
        try
        {
            while (await reader.ReadAsync() is { Buffer: var received, IsCompleted: false })
            {
                var rest = ForwardLines(received, asker);
                reader.AdvanceTo(rest.Start, rest.End);
                mux.Flush();
            }
        }
        catch (IOException)
        {
            // A client that was ended resets its connection; that ends nothing else.
        }
    }

    private ReadOnlySequence<byte> ForwardLines(ReadOnlySequence<byte> received, SocketAsker asker)
    {
        while (received.PositionOf((byte)'\n') is { } newline)
        {
            var line = received.Slice(0, newline);
            mux.Forward(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), asker);
            received = received.Slice(received.GetPosition(1, newline));
        }

        return received;
    }

    private sealed class SocketAsker(NetworkStream stream) : IAsker
    {
        private readonly GatherWriter writer = new(stream);

        public void Answer(ReadOnlySpan<byte> before, ReadOnlySpan<byte> id, ReadOnlySpan<byte> after) =>
            writer.AppendLine(before, id, after);

        public void Flush()
        {
            try
            {
                writer.Flush();
            }
            catch (IOException)
            {
                // The asker has gone, and its answers with it; the others still want theirs.
            }
        }
    }
}
