using CoAgent.Fixtures.Hosting;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Faulty;

/// <summary>Misbehaves at one point of the conversation and is a good server otherwise.</summary>
internal sealed class FaultyServer : IMessageServer
{
    private const int ExitCode = 3;
    private const int StderrMegabytes = 32;
    private const int LineMegabytes = 64;

    private readonly IMessageServer good;
    private readonly int? megabytes;
    private readonly Func<WireMessage, LineSender, CancellationToken, Task> fault;

    public FaultyServer(IMessageServer good, string mode, int? megabytes)
    {
        this.good = good;
        this.megabytes = megabytes;
        fault = mode switch
        {
            "exit-after-initialize" => ExitOn("notifications/initialized"),
            "crash-on-discover" => ExitOn("server/discover"),
            "exit-mid-call" => ExitOn("tools/call"),
            "half-answer" => HalfAnswerAsync,
            "never-answers" => NeverAnswerAsync,
            "garbage" => AddGarbageAsync,
            "flood-stderr" => FloodStderrAsync,
            "long-line" => AnswerAtLengthAsync,
            "stops-reading" => StopReading,
            "double-answer" => AnswerTwiceAsync,
            "unknown-id-answer" => AnswerUnknownAsync,
            _ => throw new UsageException($"'{mode}' is not a mode. Modes: {FaultyStdio.Modes}"),
        };
    }

    public Task HandleAsync(WireMessage message, LineSender send, CancellationToken cancellationToken) =>
        fault(message, send, cancellationToken);

    private Func<WireMessage, LineSender, CancellationToken, Task> ExitOn(string method) =>
        (message, send, cancellationToken) =>
        {
            if (message.Method == method)
            {
                Environment.Exit(ExitCode);
            }

            return good.HandleAsync(message, send, cancellationToken);
        };

    // The bytes leave without a line's end, and then there are no more.
    private async Task HalfAnswerAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (message.Tool is null)
        {
            await good.HandleAsync(message, send, cancellationToken);
            return;
        }

        await using var output = Console.OpenStandardOutput();
        await output.WriteAsync("""{"jsonrpc":"2.0","id":"""u8.ToArray(), cancellationToken);
        await output.FlushAsync(cancellationToken);
        Environment.Exit(ExitCode);
    }

    private Task NeverAnswerAsync(WireMessage message, LineSender send, CancellationToken cancellationToken) =>
        message.Tool is null
            ? good.HandleAsync(message, send, cancellationToken)
            : Forever.WaitAsync(cancellationToken);

    private async Task AddGarbageAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (message.IsRequest)
        {
            await send.TextAsync("Listening on stdio... ready!", cancellationToken);
            await send.TextAsync("", cancellationToken);
            await send.TextAsync("""{"jsonrpc":"2.0","id":""", cancellationToken);
            await send.TextAsync("[1,2,3]", cancellationToken);
            await send.TextAsync("null", cancellationToken);
        }

        await good.HandleAsync(message, send, cancellationToken);
    }

    private async Task FloodStderrAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (message.Tool is not null)
        {
            var line = new string('!', 1023) + "\n";
            for (var count = 0; count < (megabytes ?? StderrMegabytes) * 1024; count++)
            {
                await Console.Error.WriteAsync(line.AsMemory(), cancellationToken);
            }
        }

        await good.HandleAsync(message, send, cancellationToken);
    }

    private Task AnswerAtLengthAsync(WireMessage message, LineSender send, CancellationToken cancellationToken) =>
        message.Tool is null
            ? good.HandleAsync(message, send, cancellationToken)
            : send.TextAsync(
                Answers.Text(message, '"' + new string('x', (megabytes ?? LineMegabytes) * 1024 * 1024) + '"'),
                cancellationToken).AsTask();

    // Blocking here, and not waiting, is the fault: the loop that reads is the one that is held.
    private Task StopReading(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (message.Tool is not null)
        {
            cancellationToken.WaitHandle.WaitOne();
        }

        return good.HandleAsync(message, send, cancellationToken);
    }

    private async Task AnswerTwiceAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        await good.HandleAsync(message, send, cancellationToken);
        if (message.Tool is not null)
        {
            await send.TextAsync(Answers.Text(message, "\"the second answer\""), cancellationToken);
        }
    }

    private async Task AnswerUnknownAsync(WireMessage message, LineSender send, CancellationToken cancellationToken)
    {
        if (message.Tool is not null)
        {
            await send.TextAsync("""{"jsonrpc":"2.0","id":987654321,"result":{}}""", cancellationToken);
            await send.TextAsync("""{"jsonrpc":"2.0","id":"nobody","result":{}}""", cancellationToken);
            await send.TextAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}""", cancellationToken);
        }

        await good.HandleAsync(message, send, cancellationToken);
    }
}
