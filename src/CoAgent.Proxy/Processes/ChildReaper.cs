using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Processes;

/// <summary>Ends all children of this daemon, and their descendants, when the daemon ends, however it ends.</summary>
internal sealed class ChildReaper : IAsyncDisposable
{
    public static ChildReaper Start(ILogger logger, TimeProvider time) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
