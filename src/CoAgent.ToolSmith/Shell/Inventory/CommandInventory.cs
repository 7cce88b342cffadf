using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>Everything that a command line may do, in the order in which it is written.</summary>
/// <remarks>
/// What is not listed does not happen, with these exceptions, which come from outside the line: functions in the environment and start-up
/// files, <c>PATH</c>, and text from outside that arithmetic evaluates.
/// </remarks>
internal sealed record CommandInventory(ImmutableArray<InventoryItem> Items)
{
    public bool IsOpaque => Items.Any(static item => item is InventoryItem.Opaque);

    /// <summary>Parses and walks a line; a line that is not understood is one opaque item.</summary>
    internal static CommandInventory Of(string line, ShellState state, ParseLimits limits) => ShellParser.Parse(line, limits) switch
    {
        ParseOutcome.Parsed { Script: var script } => Of(script, state, limits),
        ParseOutcome.Faulted { Fault: var fault } => new([new InventoryItem.Opaque(
            fault.Message,
            new CommandSite(
                new SourceSpan(fault.Position, line.Length), state.Directory, MayBeSkipped: true, MayRepeat: true, IsBackground: false, 0, []))]),
        var other => throw new InvalidOperationException($"{other} is no outcome."),
    };

    internal static CommandInventory Of(ShellScript script, ShellState state, ParseLimits limits)
    {
        var walk = new InventoryWalk(limits);
        var flow = walk.Walk(script.Body, state, new WalkContext());
        walk.WalkTraps(flow.After(state));
        return new(walk.Items);
    }
}
