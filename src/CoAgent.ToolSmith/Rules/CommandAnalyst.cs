using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Parsing;

namespace CoAgent.ToolSmith.Rules;

/// <summary>Says what a command line may touch: its text is read, and each command in it by the rule of its program.</summary>
/// <remarks>Thread-safe; it remembers rules, and nothing of lines or trees.</remarks>
public sealed class CommandAnalyst : ICommandAnalyst
{
    private readonly CommandRules _rules;
    private readonly ParseLimits _limits = new();

    /// <summary>An analyst with the rules that come with CoAgent.</summary>
    public CommandAnalyst()
        : this(CommandRules.Shipped)
    {
    }

    internal CommandAnalyst(CommandRules rules) => _rules = rules;

    /// <inheritdoc/>
    public CommandAnalysis Analyse(ShellLine line, ICommandFiles files)
    {
        var inventory = CommandInventory.Of(line.Text, ShellState.Start(line.Directory, line.Environment), _limits);
        try
        {
            return new LineAnalysis(_rules, line, files).Run(inventory.Items);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new CommandAnalysis.Unseen("the tree cannot be looked at as far as its paths lead");
        }
    }
}
