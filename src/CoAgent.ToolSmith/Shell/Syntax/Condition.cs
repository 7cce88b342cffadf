namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>What stands between <c>[[</c> and <c>]]</c>.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>A word alone: it is not empty.</summary>
    internal sealed record NotEmpty(Word Word) : Condition;

    /// <summary><c>-f x</c> and the like.</summary>
    internal sealed record Unary(string Sign, Word Word) : Condition;

    /// <summary><c>a == b</c> and the like.</summary>
    internal sealed record Binary(string Sign, Word Left, Word Right) : Condition;

    internal sealed record Not(Condition Test) : Condition;

    internal sealed record Both(Condition Left, Condition Right) : Condition;

    internal sealed record Either(Condition Left, Condition Right) : Condition;
}
