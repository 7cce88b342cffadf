using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Verification;

/// <summary>What is checked of a manifest by observation.</summary>
public enum Law
{
    /// <summary>What a call reads and writes is declared.</summary>
    Footprint,

    /// <summary>Prepare, exec and reverse leave everything as it was.</summary>
    Undo,

    /// <summary>Prepare, exec, reverse, prepare, exec leave the same as prepare, exec.</summary>
    Replay,

    /// <summary>What somebody else has changed since the call is noticed before it is overwritten.</summary>
    Guard,
}

/// <summary>What was found out about a law.</summary>
public abstract record LawOutcome
{
    private LawOutcome()
    {
    }

    /// <summary>Nothing was seen that speaks against it.</summary>
    /// <param name="Remarks">What a person should know beside: what could not be seen or matched.</param>
    public sealed record Held(ImmutableArray<string> Remarks) : LawOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => Remarks.IsEmpty ? "held" : $"held; {string.Join("; ", Remarks)}";
    }

    /// <summary>Something was seen that it forbids.</summary>
    /// <param name="What">What, in a sentence.</param>
    /// <param name="Evidence">What was declared and what was seen, one fact a line.</param>
    public sealed record Broken(string What, ImmutableArray<string> Evidence) : LawOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"broken: {What}{string.Concat(Evidence.Select(static line => $"\n  {line}"))}";
    }

    /// <summary>It could not be found out.</summary>
    /// <param name="Why">Why, in a sentence.</param>
    public sealed record Inconclusive(string Why) : LawOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"inconclusive: {Why}";
    }

    /// <summary>The manifest does not promise it.</summary>
    /// <param name="Why">Why, in a sentence.</param>
    public sealed record NotPromised(string Why) : LawOutcome
    {
        /// <inheritdoc/>
        public override string ToString() => $"not promised: {Why}";
    }
}

/// <summary>What one example has shown of one law.</summary>
/// <param name="Example">The example's name.</param>
/// <param name="Law">The law.</param>
/// <param name="Outcome">What was found out.</param>
public sealed record LawResult(string Example, Law Law, LawOutcome Outcome);
