using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>What the parsers of one text share: its limits, what they used of them, the first fault.</summary>
internal sealed class ParseBudget(ParseLimits limits)
{
    private int _depth;
    private int _nodes;

    public ShellFault? Fault { get; private set; }

    public int? BashOnlyAt { get; private set; }

    /// <summary>How often a character was looked at: the parser's time, without a clock.</summary>
    public long Looks { get; set; }

    public ImmutableArray<SourceSpan>.Builder Comments { get; } = ImmutableArray.CreateBuilder<SourceSpan>();

    public void Fail(string message, int position, bool isLimit = false) =>
        Fault ??= new ShellFault(message, position, isLimit);

    public void NeedBash(int position) => BashOnlyAt = Math.Min(BashOnlyAt ?? position, position);

    public void CountNode(int position)
    {
        if (++_nodes > limits.NodesMax)
        {
            Fail($"The text has more than {limits.NodesMax} parts.", position, isLimit: true);
        }
    }

    public void Enter(int position)
    {
        if (++_depth > limits.DepthMax)
        {
            Fail($"More than {limits.DepthMax} constructs lie in each other.", position, isLimit: true);
        }
    }

    public void Leave() => _depth--;
}
