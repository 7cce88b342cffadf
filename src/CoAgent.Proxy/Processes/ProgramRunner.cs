using CoAgent.Proxy.Hosting;
using CoAgent.Runtime.Tools;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>Runs programs as children that end with the daemon, with all that they start.</summary>
internal sealed class ProgramRunner(ChildReaper reaper, ILogger logger, TimeProvider time) : IProgramRunner
{
    private const int ReadBytes = 16 * 1024;

    // Asked first, then made to: a program that is late has had its time.
    private static readonly TimeSpan s_stopGrace = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async ValueTask<ProgramEnd> RunAsync(ProgramStart start, CancellationToken cancellationToken)
    {
        var environment = ProcessEnvironment.Read();
        foreach (var (name, value) in start.Environment)
        {
            environment[name] = value;
        }

        try
        {
            await using var child = ChildProcess.Start(
                new ChildStart(Path.GetFileName(start.Arguments[0]), start.Arguments[0], start.Arguments[1..], environment, start.WorkingDirectory),
                reaper,
                logger,
                time);
            return await FollowAsync(child, start, cancellationToken);
        }
        catch (ChildStartException failure)
        {
            return new ProgramEnd.NotStarted(failure.Message);
        }
        catch (ArgumentException)
        {
            // A NUL in an argument or in the environment: no program can be given one.
            return new ProgramEnd.NotStarted($"'{start.Arguments[0]}' cannot be given what it is to be given: there is a NUL in it.");
        }
    }

    private async Task<ProgramEnd> FollowAsync(ChildProcess child, ProgramStart start, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(start.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var feeding = FeedAsync(child.Input, start.Input, stop.Token);
            if (await ReadAsync(child.Output, start.OutputBytesMax, stop.Token) is not { } output)
            {
                await child.StopAsync(s_stopGrace);
                return new ProgramEnd.Ended($"'{start.Arguments[0]}' printed more than {start.OutputBytesMax} bytes and was ended.");
            }

            var exit = await child.Exited.WaitAsync(stop.Token);
            await feeding;
            return new ProgramEnd.Exited(exit.ExitCode, output, string.Join('\n', exit.LastErrorLines));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await child.StopAsync(s_stopGrace);
            return new ProgramEnd.Ended(cancellationToken.IsCancellationRequested
                ? $"'{start.Arguments[0]}' was ended, for nobody waits for it any more."
                : $"'{start.Arguments[0]}' took longer than {start.Timeout.TotalSeconds} seconds and was ended.");
        }
    }

    private static async Task FeedAsync(Stream input, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await using (input)
            {
                await input.WriteAsync(bytes, cancellationToken);
            }
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException)
        {
            // It has not read all of it: how it ends says whether that matters.
        }
    }

    /// <summary>All that it prints; null when that is too much.</summary>
    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream output, int bytesMax, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var buffer = new byte[ReadBytes];
        int count;
        while ((count = await output.ReadAsync(buffer, cancellationToken)) > 0)
        {
            read.Write(buffer.AsSpan(0, count));
            if (read.Length > bytesMax)
            {
                return null;
            }
        }

        return read.ToArray();
    }
}
