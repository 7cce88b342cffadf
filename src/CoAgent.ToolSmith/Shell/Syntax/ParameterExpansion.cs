namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>The value of a parameter, and what is done to it.</summary>
/// <remarks>
/// Name: A variable's name, a number, or one of <c>@ * # ? - $ ! _</c>.
/// Subscript: What stands in <c>[…]</c>; <c>@</c> and <c>*</c> are all elements.
/// </remarks>
internal sealed record ParameterExpansion(string Name, Word? Subscript, ParameterOperation Operation);

/// <summary>What <c>${…}</c> does with a parameter.</summary>
internal abstract record ParameterOperation
{
    private ParameterOperation()
    {
    }

    /// <summary>Its value.</summary>
    internal sealed record Value : ParameterOperation;

    /// <summary><c>${#x}</c>: how many characters, or elements.</summary>
    internal sealed record Count : ParameterOperation;

    /// <summary><c>${!x}</c> in all its forms: the name is a value, or names are the value.</summary>
    internal sealed record Indirect : ParameterOperation;

    /// <summary><c>${x-w}</c>, <c>${x=w}</c>, <c>${x?w}</c> and <c>${x+w}</c>.</summary>
    /// <remarks>
    /// Sign: Which of the four.
    /// EmptyIsUnset: A colon stands before the sign.
    /// </remarks>
    internal sealed record Fallback(char Sign, bool EmptyIsUnset, Word Word) : ParameterOperation;

    /// <summary><c>${x#p}</c>, <c>${x##p}</c>, <c>${x%p}</c> and <c>${x%%p}</c>.</summary>
    internal sealed record Trim(bool AtEnd, bool IsLongest, Word Pattern) : ParameterOperation;

    /// <summary><c>${x/p/r}</c>.</summary>
    /// <remarks>
    /// Where: <c>/</c> all, <c>#</c> at the start, <c>%</c> at the end; else the first.
    /// Replacement: null when there is none.
    /// </remarks>
    internal sealed record Replace(char Where, Word Pattern, Word? Replacement) : ParameterOperation;

    /// <summary><c>${x:offset:length}</c>; both are arithmetic.</summary>
    internal sealed record Substring(Word Offset, Word? Length) : ParameterOperation;

    /// <summary><c>${x^p}</c>, <c>${x,p}</c> and <c>${x~p}</c>, doubled for all characters.</summary>
    internal sealed record ChangeCase(char Sign, bool IsForAll, Word Pattern) : ParameterOperation;

    /// <summary><c>${x@Q}</c> and the like.</summary>
    internal sealed record Transform(char Sign) : ParameterOperation;
}
