using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>Carries effects out: on built-in servers directly, on foreign ones over MCP.</summary>
/// <remarks>
/// A foreign server's effects are captured and taken back by its profile; a write that nobody can take back was declared
/// irreversible, and its capture is empty. What was captured elsewhere comes bare: the built-in server looks into it. A client that gives up ends what its call is doing, never what other calls do.
/// </remarks>
internal sealed class ToolWorld(
    IBuiltinServers builtins, ServerBook servers, ShellTools shells, OpenCalls open, ForeignCalls calls, TimeProvider time) : IToolWorld
{
    private readonly InverseRetry _inverses = new(time);
    private readonly FormerProfiles _former = new();

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        effect = CaptureEnvelope.Inside(effect);
        using var ending = EndingOf(effect.Call, effect.IsReplay, cancellationToken);
        try
        {
            if (BuiltinOf(effect.Call) is { } builtin)
            {
                return await builtin.World.PrepareAsync(effect with { Call = builtin.Call }, ending.Token);
            }

            return (await ProfileOfAsync(effect.Call), effect.IsReplay) switch
            {
                ({ } profile, _) => await ElsewhereAsync(() => profile.PrepareAsync(effect, ending.Token)),
                // Only what can be taken back is ever made again.
                (null, true) => new Preparation.NotPossible($"How '{effect.Call.Request.Tool}' is taken back is described no longer."),
                (null, false) => new Preparation.Ready(Capture.Empty),
            };
        }
        catch (OperationCanceledException) when (ending.IsByClient)
        {
            return new Preparation.NotPossible("The call was cancelled before it began.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Execution> ExecuteAsync(
        WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        effect = CaptureEnvelope.Inside(effect);
        using var ending = EndingOf(effect.Call, effect.IsReplay, cancellationToken);
        try
        {
            return BuiltinOf(effect.Call) is { } builtin
                ? await ElsewhereAsync(() => builtin.World.ExecuteAsync(effect with { Call = builtin.Call }, prepared, ending.Token))
                : await ExecuteForeignAsync(effect, prepared, cancellationToken);
        }
        catch (OperationCanceledException) when (ending.IsByClient)
        {
            return new Execution.Unknown("The call was cancelled while it was under way.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (BuiltinOf(call) is { } builtin)
        {
            return await _inverses.RunAsync(
                token => ElsewhereAsync(() => builtin.World.InvertAsync(builtin.Call, captured, token)), cancellationToken);
        }

        if (await CapturingProfileOfAsync(call, captured, cancellationToken) is not { } profile)
        {
            return new Inversion.Failed($"Nobody has described how '{call.Request.Tool}' of the server '{call.Request.Server}' is taken back.");
        }

        // When it is made again it is captured by whoever has captured it first.
        _former.Note(call.Id, profile, await ProfileOfAsync(call));
        return await _inverses.RunAsync(
            token => ElsewhereAsync(() => profile.InvertAsync(call, captured, token)), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        if (BuiltinOf(call) is { } builtin)
        {
            return await ElsewhereAsync(() => builtin.World.ProbeAsync(builtin.Call, captured, cancellationToken));
        }

        return await CapturingProfileOfAsync(call, captured, cancellationToken) is { } profile
            ? await ElsewhereAsync(() => profile.ProbeAsync(call, captured, cancellationToken))
            : Finding.Unclear;
    }

    /// <inheritdoc/>
    public async ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        effect = CaptureEnvelope.Inside(effect);
        using var ending = EndingOf(effect.Call, effect.IsReread, cancellationToken);
        try
        {
            return BuiltinOf(effect.Call) is { } builtin
                ? await ElsewhereAsync(() => builtin.World.ReadAsync(effect with { Call = builtin.Call }, ending.Token))
                : await ReadForeignAsync(effect, cancellationToken);
        }
        catch (OperationCanceledException) when (ending.IsByClient)
        {
            return new Execution.NotDone("The call was cancelled.");
        }
    }

    private async ValueTask<Execution> ReadForeignAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        var execution = await MakeAsync(effect.Call, effect.IsReread, isTakenBack: false, cancellationToken);
        return execution is Execution.Answered answered && await ProfileOfAsync(effect.Call) is { } profile
            ? answered with { Compared = profile.Compared(effect.Call.Request.Tool, answered.Result) }
            : execution;
    }

    private async ValueTask<Execution> ExecuteForeignAsync(
        WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        var execution = await MakeAsync(effect.Call, effect.IsReplay, isTakenBack: !prepared.Before.ManifestUtf8.IsEmpty, cancellationToken);
        return execution is Execution.Answered answered && await ProfileOfAsync(effect.Call) is { } profile
            ? answered with
            {
                AfterUtf8 = await profile.LookAfterAsync(effect, prepared, answered.Result, cancellationToken),
                Compared = profile.Compared(effect.Call.Request.Tool, answered.Result),
            }
            : execution;
    }

    // A tool of our own is run here; a call of one that is there no longer is not made.
    private async ValueTask<Execution> MakeAsync(NamedCall call, bool isAgain, bool isTakenBack, CancellationToken cancellationToken)
    {
        if (!CommandTools.IsServer(call.Request.Server) || DefinitionOf(call, open.Find(call.Id)) is not ServerDefinition.Own)
        {
            return await calls.MakeAsync(call, isAgain, isTakenBack, cancellationToken);
        }

        return await ProfileOfAsync(call) is { } profile && await profile.ExecuteAsync(call, cancellationToken) is { } execution
            ? execution
            : new Execution.NotDone($"The catalog has no tool '{call.Request.Tool}' any more.");
    }

    /// <summary>Who carries the call out in the daemon, and as which call; null where it goes over MCP.</summary>
    private InDaemon? BuiltinOf(NamedCall call)
    {
        var waiting = open.Find(call.Id);
        if (waiting is { IsRelayed: true } || DefinitionOf(call, waiting) is not { } definition)
        {
            return null;
        }

        if (definition is ServerDefinition.Builtin builtin)
        {
            return builtins.Get(builtin.Service, builtin.Root).Effects is { } effects ? new InDaemon(effects, call) : null;
        }

        return shells.Find(definition, call.Request) is { Server.Effects: { } shell } found
            ? new InDaemon(shell, call with { Request = found.Request })
            : null;
    }

    /// <summary>
    /// Who captures what a call does: who has declared it, and nobody where nobody has; of a call that no client waits for, who describes its
    /// tool now.
    /// </summary>
    private async ValueTask<IToolProfile?> ProfileOfAsync(NamedCall call)
    {
        var waiting = open.Find(call.Id);
        if (waiting is { IsRelayed: true, Link.Definition: not ServerDefinition.Own } || DefinitionOf(call, waiting) is not { } definition)
        {
            return null;
        }

        return waiting is not null ? waiting.Profile : _former.Find(call.Id) ?? await servers.ProfileOfAsync(definition, link: null);
    }

    /// <summary>Looks at files on a thread of the pool: one that reads from a client or a server is to go on reading.</summary>
    private static ValueTask<T> ElsewhereAsync<T>(Func<ValueTask<T>> effect) =>
        Thread.CurrentThread.IsThreadPoolThread ? effect() : new ValueTask<T>(Task.Run(() => effect().AsTask()));

    private async ValueTask<IToolProfile?> CapturingProfileOfAsync(NamedCall call, Captured captured, CancellationToken cancellationToken)
    {
        var waiting = open.Find(call.Id);
        return waiting is { IsRelayed: true } || DefinitionOf(call, waiting) is not { } definition
            ? null
            : await servers.ProfileOfAsync(definition, waiting?.Link, captured, cancellationToken);
    }

    private ServerDefinition? DefinitionOf(NamedCall call, OpenCall? waiting) => waiting?.Link.Definition ?? servers.Find(call);

    private Ending EndingOf(NamedCall call, bool isAgain, CancellationToken cancellationToken) =>
        new(isAgain ? CancellationToken.None : open.Find(call.Id)?.Cancelled ?? CancellationToken.None, cancellationToken);

    /// <summary>A call that is carried out in the daemon.</summary>
    /// <param name="World">Who carries it out.</param>
    /// <param name="Call">The call in their words.</param>
    private sealed record InDaemon(IToolWorld World, NamedCall Call);

    /// <summary>What ends an effect: its client that gives up, or the workspace that goes down.</summary>
    private sealed class Ending(CancellationToken client, CancellationToken workspace) : IDisposable
    {
        private readonly CancellationTokenSource? _both =
            client.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(client, workspace) : null;

        public CancellationToken Token => _both?.Token ?? workspace;

        public bool IsByClient => client.IsCancellationRequested && !workspace.IsCancellationRequested;

        public void Dispose() => _both?.Dispose();
    }
}
