using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using CoAgent.EndToEnd.Tests.Support;
using CoAgent.Proxy.Bridge;
using CoAgent.Proxy.Ingress;

namespace CoAgent.EndToEnd.Tests;

/// <summary>A daemon that dies again while a bridge tells it what its client has said leaves no request without an answer.</summary>
public sealed class BridgeMakeUpTests : IDisposable
{
    private const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""";

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("coagent-b-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("tools/list", "went away")]
    [InlineData("tools/call", "unknown whether")]
    public async Task What_was_under_way_is_answered(string method, string words)
    {
        using var daemon = new DyingDaemon(Path.Combine(folder.FullName, "s"));
        using var input = new AnonymousPipeServerStream(PipeDirection.Out);
        using var output = new AnonymousPipeServerStream(PipeDirection.In);
        using var stdin = new AnonymousPipeClientStream(PipeDirection.In, input.ClientSafePipeHandle);
        using var stdout = new AnonymousPipeClientStream(PipeDirection.Out, output.ClientSafePipeHandle);
        using var bridge = new StdioBridge(daemon, new BridgeHello(), stdin, stdout, TimeProvider.System);
        var answers = new LineReader(output);
        var running = Task.Run(() => bridge.RunAsync(None)); // it waits for the greeting on its own thread

        using (var first = await daemon.AcceptAsync())
        {
            await SayAsync(input, Initialize);
            _ = await first.ReadAsync();
            await first.SayAsync("""{"jsonrpc":"2.0","id":1,"result":{}}""");
            _ = await answers.ReadAsync(None);
            await SayAsync(input, $$"""{"jsonrpc":"2.0","id":2,"method":"{{method}}","params":{} }""");
            Assert.Equal(method, (await first.ReadAsync()).Method);
        }

        using (var second = await daemon.AcceptAsync())
        {
            Assert.Equal("initialize", (await second.ReadAsync()).Method);
        }

        var line = await answers.ReadAsync(None).AsTask().WithinAsync("the answer", None);
        var answer = new RawMessage(line!);
        Assert.Equal("2", answer.Id);
        Assert.Contains(words, answer.Text);
        input.Dispose();
        await running.WithinAsync("the end of the bridge", None);
    }

    private static async Task SayAsync(Stream stream, string line)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), None);
        await stream.FlushAsync(None);
    }

    /// <summary>Takes one bridge after the other, for as long as the test wants.</summary>
    private sealed class DyingDaemon : IDaemonFinder, IDisposable
    {
        private readonly string path;
        private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public DyingDaemon(string path)
        {
            this.path = path;
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
        }

        public string? Recorded() => path;

        public Task<string?> FindAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(path);

        public Task<string> EnsureAsync(CancellationToken cancellationToken) => Task.FromResult(path);

        public async Task<Visit> AcceptAsync()
        {
            var visit = new Visit(await listener.AcceptAsync().WithinAsync("a bridge", None));
            _ = await visit.ReadAsync();
            await visit.SayAsync("""{"session":"stdio:1","messageBytesMax":1000000}""");
            return visit;
        }

        public void Dispose() => listener.Dispose();
    }

    private sealed class Visit(Socket socket) : IDisposable
    {
        private readonly NetworkStream stream = new(socket, ownsSocket: true);
        private LineReader? lines;

        public async Task<RawMessage> ReadAsync()
        {
            lines ??= new LineReader(stream);
            return new RawMessage((await lines.ReadAsync(None).AsTask().WithinAsync("a line of the bridge", None))!);
        }

        public Task SayAsync(string line) => BridgeMakeUpTests.SayAsync(stream, line);

        public void Dispose() => stream.Dispose();
    }
}
