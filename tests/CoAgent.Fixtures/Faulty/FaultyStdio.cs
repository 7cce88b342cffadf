using System.Diagnostics;
using System.Runtime.InteropServices;
using CoAgent.Fixtures.Echo;
using CoAgent.Fixtures.Hosting;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Faulty;

/// <summary>Starts a misbehaving stdio server: what goes wrong at the start or the end, and what at a call.</summary>
internal sealed class FaultyStdio(FixtureArguments arguments, TimeProvider clock)
{
    private const int Megabyte = 1024 * 1024;

    // Nothing that ignores its signals may outlive a broken test run for long.
    private static readonly TimeSpan LifetimeMax = TimeSpan.FromMinutes(10);

    /// <summary>The modes that this verb takes, for the usage text.</summary>
    public const string Modes =
        "exit-at-start, exit-after-initialize, exit-mid-call, half-answer, never-answers, garbage, crlf, flood-stderr, "
        + "long-line, slow-start SECONDS, ignore-eof, stops-reading, double-answer, unknown-id-answer, "
        + "spawn-grandchild, sleep, modern-only, legacy-only, crash-on-discover, memory MEGABYTES";

    private string Mode => arguments.Word(0, "mode");

    /// <summary>False where the fault is past: <c>--once FILE</c> lets it happen only while the file is not there.</summary>
    private bool IsFaulty { get; } = TakeFault(arguments.Find("--once"));

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var echo = new EchoServer(clock) { SpeaksModern = Mode != "legacy-only" };
        if (!IsFaulty)
        {
            return await new StdioLoop(echo).RunAsync(cancellationToken);
        }

        switch (Mode)
        {
            case "exit-at-start":
                await Console.Error.WriteLineAsync("This server cannot start.");
                return 3;
            case "sleep":
                await StayAsync(cancellationToken);
                return 0;
            case "slow-start":
                await Task.Delay(TimeSpan.FromSeconds(Number(1, "seconds")), clock, cancellationToken);
                return await new StdioLoop(echo).RunAsync(cancellationToken);
            case "memory":
                return await HoldMemoryAsync(echo, cancellationToken);
            case "spawn-grandchild":
                await SpawnGrandchildAsync(cancellationToken);
                return await new StdioLoop(echo).RunAsync(cancellationToken);
            case "ignore-eof":
                return await OutstayAsync(echo);
            case "crlf":
                return await new StdioLoop(echo) { LineEnd = "\r\n"u8.ToArray() }.RunAsync(cancellationToken);
            case "modern-only":
                return await new StdioLoop(new ModernOnlyServer(echo)).RunAsync(cancellationToken);
            case "legacy-only":
                return await new StdioLoop(echo).RunAsync(cancellationToken);
            default:
                var faulty = new FaultyServer(echo, Mode, arguments.FindNumber("--megabytes"));
                return await new StdioLoop(faulty).RunAsync(cancellationToken);
        }
    }

    private static bool TakeFault(string? onceFile)
    {
        if (onceFile is null)
        {
            return true;
        }

        if (File.Exists(onceFile))
        {
            return false;
        }

        File.WriteAllText(onceFile, "The fault has happened.");
        return true;
    }

    private async Task<int> HoldMemoryAsync(EchoServer echo, CancellationToken cancellationToken)
    {
        var held = Enumerable.Range(0, Number(1, "number of megabytes")).Select(_ => Touched()).ToArray();
        var code = await new StdioLoop(echo).RunAsync(cancellationToken);
        GC.KeepAlive(held);
        return code;
    }

    private static byte[] Touched()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Megabyte);
        bytes.AsSpan().Fill(1);
        return bytes;
    }

    private async Task SpawnGrandchildAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        start.ArgumentList.Add(typeof(FaultyStdio).Assembly.Location);
        start.ArgumentList.Add("faulty");
        start.ArgumentList.Add("sleep");
        using var grandchild = Process.Start(start)
            ?? throw new InvalidOperationException("The grandchild did not start.");
        await File.WriteAllTextAsync(
            arguments.Require("--grandchild-file"), grandchild.Id.ToString(), cancellationToken);
    }

    private async Task<int> OutstayAsync(EchoServer echo)
    {
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
        await new StdioLoop(echo).RunAsync(CancellationToken.None);
        await Console.Error.WriteLineAsync("The input ended; this server stays.");
        await StayAsync(CancellationToken.None);
        return 0;
    }

    private Task StayAsync(CancellationToken cancellationToken) => Task.Delay(LifetimeMax, clock, cancellationToken);

    private int Number(int index, string meaning) =>
        int.TryParse(arguments.Word(index, meaning), out var number)
            ? number
            : throw new UsageException($"The {meaning} must be a whole number.");
}
