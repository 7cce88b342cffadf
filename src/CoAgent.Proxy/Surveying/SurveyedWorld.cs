using System.Collections.Concurrent;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Surveying;

/// <summary>The world of tools, in which the command lines of agents are seen: tools may be grown of them (catalog.md, "ToolSmith").</summary>
/// <remarks>A line is looked at before it runs, when its call is new; that it has run is told afterwards. Neither changes what happens.</remarks>
/// <param name="world">The world.</param>
/// <param name="open">The calls whose clients wait.</param>
/// <param name="smith">Who is told.</param>
internal sealed class SurveyedWorld(IToolWorld world, OpenCalls open, IToolSmith smith) : IToolWorld
{
    /// <summary>The tool of the built-in server that runs command lines.</summary>
    internal const string Shell = "bash";

    /// <summary>How many calls are remembered that were looked at and have not run.</summary>
    internal const int PendingMax = 1_024;

    private readonly ConcurrentDictionary<CallId, SeenCommand> _pending = new();

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken)
    {
        if (!effect.IsReplay && LookAt(effect.Call) is { } seen && _pending.Count < PendingMax)
        {
            _pending[effect.Call.Id] = seen;
        }

        return world.PrepareAsync(effect, cancellationToken);
    }

    public async ValueTask<Execution> ExecuteAsync(WriteEffect effect, Preparation.Ready prepared, CancellationToken cancellationToken)
    {
        var execution = await world.ExecuteAsync(effect, prepared, cancellationToken);
        if (_pending.TryRemove(effect.Call.Id, out var seen))
        {
            Note(seen, execution);
        }

        return execution;
    }

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        world.InvertAsync(call, captured, cancellationToken);

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        world.ProbeAsync(call, captured, cancellationToken);

    public async ValueTask<Execution> ReadAsync(ReadEffect effect, CancellationToken cancellationToken)
    {
        var seen = effect.IsReread ? null : LookAt(effect.Call);
        var execution = await world.ReadAsync(effect, cancellationToken);
        if (seen is not null)
        {
            Note(seen, execution);
        }

        return execution;
    }

    private SeenCommand? LookAt(NamedCall call)
    {
        if (call.Request.Tool != Shell || open.Find(call.Id)?.Link.Definition is not ServerDefinition.Builtin builtin)
        {
            return null;
        }

        using var arguments = JsonDocument.Parse(call.Request.ArgumentsUtf8, InputRequests.Deep);
        var root = arguments.RootElement;
        return root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("cwd"u8, out _)
            && root.TryGetProperty("command"u8, out var command) && command.ValueKind == JsonValueKind.String
                ? smith.Look(command.GetString()!, builtin.Root)
                : null;
    }

    private void Note(SeenCommand seen, Execution execution)
    {
        if (execution is Execution.Answered answered)
        {
            smith.Note(seen, answered.Result.Kind == ToolResultKind.Answer ? 0 : 1);
        }
    }
}
