using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>A stdio child that never outlives the daemon.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    public int Id => throw new NotSupportedException();

    public Stream Input => throw new NotSupportedException();

    public Stream Output => throw new NotSupportedException();

    public Task<ChildExit> Exited => throw new NotSupportedException();

    public static ChildProcess Start(ChildStart start, ChildReaper reaper, ILogger logger, TimeProvider time) =>
        throw new NotSupportedException();

    public Task StopAsync(TimeSpan grace) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
