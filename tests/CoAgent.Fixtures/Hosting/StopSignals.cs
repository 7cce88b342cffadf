using System.Runtime.InteropServices;

namespace CoAgent.Fixtures.Hosting;

/// <summary>Says when a fixture shall end: SIGTERM, SIGINT, or, if asked for, the end of standard input.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly PosixSignalRegistration[] signals;

    public StopSignals() => signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
    ];

    public CancellationToken Token => stopping.Token;

    /// <summary>A server that does not read its input can still end with the test that started it.</summary>
    public void WatchInput(bool watch)
    {
        if (watch)
        {
            var watcher = new Thread(ReadToEnd) { IsBackground = true, Name = "end of input" };
            watcher.Start();
        }
    }

    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }

        stopping.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stopping.Cancel();
    }

    private void ReadToEnd()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> scratch = stackalloc byte[256];
        while (input.Read(scratch) > 0)
        {
        }

        stopping.Cancel();
    }
}
