using System.Diagnostics;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>A program that runs in a sandbox. When it is disposed of, nothing that it started is left.</summary>
/// <remarks>Without walls that holds for its descendants only, not for what has left its family.</remarks>
public sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SandboxArea _area;
    private readonly SandboxLimits _limits;
    private readonly TimeProvider _time;
    private readonly KeptOutput _errors;
    private readonly CancellationTokenSource _reading = new();
    private readonly Task _errorsRead;

    internal SandboxProcess(Process process, SandboxArea area, SandboxLimits limits, TimeProvider time)
    {
        _process = process;
        _area = area;
        _limits = limits;
        _time = time;
        _errors = new KeptOutput(limits.OutputBytesMax);
        _errorsRead = _errors.ReadAsync(process.StandardError.BaseStream, _reading.Token);
    }

    /// <summary>Its standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors => _errors.Text;

    /// <summary>Whether its walls stood when it was started; else it was not run.</summary>
    internal bool WasReady => File.Exists(_area.Ready) && new FileInfo(_area.Ready).Length > 0;

    /// <summary>What it has looked at since a moment; empty where reads are not traced.</summary>
    /// <param name="mark">What <see cref="Mark"/> was then.</param>
    public ReadTrace ReadsSince(long mark) => ReadTrace.Read(_area.Trace, mark, _area.Root, start: null, _limits.TraceBytesMax);

    /// <summary>All that it has looked at; not what putting up the walls around it did.</summary>
    internal ReadTrace Reads() => ReadTrace.ReadBehind(_area.Trace, Walls.StandingMark, _area.Root, _limits.TraceBytesMax);

    /// <summary>This moment, for <see cref="ReadsSince"/>: what a program did before it answered comes before the answer.</summary>
    public long Mark() => File.Exists(_area.Trace) ? new FileInfo(_area.Trace).Length : 0;

    /// <summary>What it has written into the home directory, where it was thrown away.</summary>
    public IEnumerable<string> HomeWrites() => _area.HomeWrites();

    internal async Task<SandboxRun> RunAsync(ReadOnlyMemory<byte> input, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var output = new KeptOutput(_limits.OutputBytesMax);
        var outputRead = output.ReadAsync(Output, _reading.Token);
        try
        {
            await GiveAsync(input, stop.Token);
            await _process.WaitForExitAsync(stop.Token);
            await Task.WhenAll(outputRead, _errorsRead).WaitAsync(stop.Token);
            return new SandboxRun(_process.ExitCode, output, _errors);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAsync();
            await DrainAsync(outputRead);
            cancellationToken.ThrowIfCancellationRequested();
            return new SandboxRun(ExitCode: null, output, _errors);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        using (var grace = new CancellationTokenSource(_limits.Grace, _time))
        {
            try
            {
                await _process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException) when (grace.IsCancellationRequested)
            {
                await EndAsync();
            }
        }

        await DrainAsync(Task.CompletedTask);
        _reading.Dispose();
        _process.Dispose();
    }

    private async Task GiveAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await Input.WriteAsync(input, cancellationToken);
            await Input.DisposeAsync();
        }
        catch (IOException)
        {
            // It has ended or does not read: how it ended says the rest.
        }
    }

    // The first process of the namespace is among them; with it the kernel ends all others.
    private async Task EndAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    // What was written before the end is in the pipes and is read at once; only a process that has escaped could keep them open.
    private async Task DrainAsync(Task outputRead)
    {
        using var grace = new CancellationTokenSource(_limits.Grace, _time);
        await using var registration = grace.Token.UnsafeRegister(
            static source => ((CancellationTokenSource)source!).Cancel(), _reading);
        try
        {
            await Task.WhenAll(outputRead, _errorsRead);
        }
        catch (OperationCanceledException) when (_reading.IsCancellationRequested)
        {
            // What was read so far is kept.
        }
    }
}
