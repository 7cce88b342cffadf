namespace CoAgent.Fixtures.Wire;

/// <summary>Serves raw messages over standard input and output, one per line.</summary>
internal sealed class StdioLoop(IMessageServer server)
{
    /// <summary>Called with every received line before it is looked at.</summary>
    public Action<ReadOnlyMemory<byte>>? Received { get; init; }

    /// <summary>Sent before anything is read.</summary>
    public Func<LineSender, CancellationToken, Task>? Started { get; init; }

    public ReadOnlyMemory<byte> LineEnd { get; init; } = "\n"u8.ToArray();

    /// <summary>Runs until the input ends; a cancellation leaves the read that blocks to the end of the process.</summary>
    public Task<int> RunAsync(CancellationToken cancellationToken) =>
        Task.Run(() => ReadToEndAsync(cancellationToken), CancellationToken.None).WaitAsync(cancellationToken);

    private async Task<int> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var input = new LineInput(Console.OpenStandardInput());
        var output = new LineOutput(Console.OpenStandardOutput()) { LineEnd = LineEnd };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var calls = new RunningCalls();
        var running = new HashSet<Task>();
        if (Started is not null)
        {
            await Started(output.SendAsync, ending.Token);
        }

        while (input.Read() is { } line)
        {
            Received?.Invoke(line);
            if (WireMessage.Parse(line) is not { } message)
            {
                continue;
            }

            if (message.Method == "notifications/cancelled")
            {
                calls.Cancel(message);
            }

            var call = await calls.StartAsync(server, message, output.SendAsync, ending.Token);
            running.Add(call);
            await ForgetFinishedAsync(running);
        }

        await ending.CancelAsync();
        await Task.WhenAll(running);
        return 0;
    }

    // Awaiting what has ended brings its fault here, where it ends the process with a trace on stderr.
    private static async Task ForgetFinishedAsync(HashSet<Task> running)
    {
        foreach (var finished in running.Where(call => call.IsCompleted).ToArray())
        {
            running.Remove(finished);
            await finished;
        }
    }
}
