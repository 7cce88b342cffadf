using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>What lies around a command.</summary>
internal sealed record WalkContext
{
    public bool MayBeSkipped { get; init; }

    public bool MayRepeat { get; init; }

    public bool IsBackground { get; init; }

    public int Subshell { get; init; }

    public ImmutableArray<string> Through { get; init; } = [];

    /// <summary>Somebody looks at the outcome, so a failure does not end the shell.</summary>
    public bool IsLookedAt { get; init; }

    /// <summary>Where a text stands that is parsed of its own; null: spans are those of the line.</summary>
    public SourceSpan? Within { get; init; }

    /// <summary>A program starts the command: functions and builtins are not meant.</summary>
    public bool IsStartedByProgram { get; init; }

    public WalkContext Skippable => MayBeSkipped ? this : this with { MayBeSkipped = true };

    public WalkContext By(string name) => this with { Through = Through.Add(name) };

    public CommandSite Site(SourceSpan span, ShellState state) =>
        new(Within ?? span, state.Directory, MayBeSkipped || state.MayHaveEnded, MayRepeat, IsBackground, Subshell, Through);
}
