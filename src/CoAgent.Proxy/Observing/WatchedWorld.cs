using CoAgent.Proxy.Effects;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Observing;

/// <summary>The world of tools, in which calls of unknown tools are watched (<c>"unknownTools": "observe"</c>).</summary>
/// <remarks>What else goes on at the same time is counted: what is seen then may be another call's doing.</remarks>
internal sealed class WatchedWorld(IToolWorld world, OpenCalls open, ToolWatch watch) : IToolWorld
{
    private int _underWay;
    private long _begun;

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) =>
        world.PrepareAsync(effect, cancellationToken);

    public ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken) =>
        WatchAsync(effect.Call, effect.IsReplay, () => world.ExecuteAsync(effect, prepared, cancellationToken));

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        CountAsync(() => world.InvertAsync(call, captured, cancellationToken));

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        world.ProbeAsync(call, captured, cancellationToken);

    public ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken) =>
        open.Find(effect.Call.Id) is { IsWatched: true }
            ? WatchAsync(effect.Call, effect.IsReread, () => world.ReadAsync(effect, cancellationToken))
            : world.ReadAsync(effect, cancellationToken);

    private async ValueTask<Execution> WatchAsync(NamedCall call, bool isAgain, Func<ValueTask<Execution>> act)
    {
        if (isAgain || open.Find(call.Id) is not { IsWatched: true } waiting)
        {
            return await CountAsync(act);
        }

        var before = await watch.LookAsync();
        var others = Volatile.Read(ref _underWay);
        var begun = Volatile.Read(ref _begun);
        var execution = await CountAsync(act);
        var isAlone = others == 0 && Volatile.Read(ref _begun) == begun + 1;
        await watch.NoteAsync(call, waiting.Link, before, isAlone);
        return execution;
    }

    private async ValueTask<T> CountAsync<T>(Func<ValueTask<T>> act)
    {
        Interlocked.Increment(ref _begun);
        Interlocked.Increment(ref _underWay);
        try
        {
            return await act();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
