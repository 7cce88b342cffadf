using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Proving.Agents;

namespace CoAgent.Proving.Worlds;

/// <summary>What the world knows of one call.</summary>
internal sealed class WorldCall(CallId id, Step step, ToolCall tool)
{
    public CallId Id { get; } = id;

    public Step Step { get; } = step;

    public ToolCall Tool { get; } = tool;

    /// <summary>The objects that it may change.</summary>
    public ImmutableArray<Place> Written { get; } = step switch
    {
        { IsCall: false } or { IsRead: true } => [],
        { Verb: Verb.Move or Verb.Pair } => [step.Target!, step.Source!],
        _ => [step.Target!],
    };

    /// <summary>Its place in the serial order; known when it is executed.</summary>
    public Position Position { get; set; }

    /// <summary>Whether its effect is there.</summary>
    public bool IsIn { get; set; }

    /// <summary>How much of its effect it had when it was executed last.</summary>
    public EffectShape Shape { get; set; }

    /// <summary>Whether the caller has not been told if it, or its inverse, happened.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Whether the operator has decided if its effect is there.</summary>
    public bool IsSetRight { get; set; }

    /// <summary>Whether something has been put beneath it, so that it is to be executed over itself.</summary>
    public bool IsUndermined { get; set; }

    /// <summary>What its objects held before it, in the order of <see cref="Written"/>.</summary>
    public string?[] Before { get; } = new string?[2];

    /// <summary>What it left in its objects.</summary>
    public string?[] After { get; } = new string?[2];

    /// <summary>Does to some contents what the call did when it was executed last.</summary>
    public ToolAnswer Repeat(string?[] contents) => Shape switch
    {
        EffectShape.Whole => Tool.Run(contents),
        EffectShape.Half => Tool.RunHalf(contents),
        EffectShape.Nothing => ToolCall.Fault,
        _ => throw new InvalidOperationException($"There is no shape {Shape}."),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Id} ({Step.Verb} {Tool.Target?.Name}{Tool.Directory} {Tool.Text})";
}

/// <summary>How much of its effect a call had.</summary>
internal enum EffectShape
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>It failed halfway.</summary>
    Half,

    /// <summary>It failed before it changed anything.</summary>
    Nothing,
}

/// <summary>How an effect on the world is made to end.</summary>
internal enum Ending
{
    /// <summary>As the tool does it.</summary>
    Normal,

    /// <summary>The tool fails, and has changed nothing.</summary>
    ToolError,

    /// <summary>The tool fails halfway.</summary>
    Halfway,

    /// <summary>It surely does not happen.</summary>
    NotDone,

    /// <summary>It happens, and nobody is told.</summary>
    LostDone,

    /// <summary>It does not happen, and nobody is told.</summary>
    LostUndone,

    /// <summary>Somebody outside has changed the object before.</summary>
    Outside,
}
