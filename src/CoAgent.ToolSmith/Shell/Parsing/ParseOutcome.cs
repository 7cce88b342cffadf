using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>What became of a text.</summary>
internal abstract record ParseOutcome
{
    private ParseOutcome()
    {
    }

    /// <summary>It was understood as a whole.</summary>
    internal sealed record Parsed(ShellScript Script) : ParseOutcome;

    /// <summary>It was not: nothing is known of any part of it.</summary>
    internal sealed record Faulted(ShellFault Fault) : ParseOutcome;
}

/// <summary>Why a text was not understood.</summary>
/// <param name="Message">One sentence without the text itself.</param>
/// <param name="Position">Where, in UTF-16 code units from 0.</param>
/// <param name="IsLimit">It may be good shell; it is too much of it.</param>
internal sealed record ShellFault(string Message, int Position, bool IsLimit);

/// <summary>How much of a shell text is looked at.</summary>
internal sealed record ParseLimits
{
    /// <summary>The longest text, in UTF-16 code units.</summary>
    /// <value>131072: what Linux lets one argument of a program have.</value>
    public int LengthMax { get; init; } = 128 * 1024;

    /// <summary>How deep constructs may lie in each other.</summary>
    /// <value>64.</value>
    public int DepthMax { get; init; } = 64;

    /// <summary>How many nodes the tree may have.</summary>
    /// <value>50000.</value>
    public int NodesMax { get; init; } = 50_000;
}
