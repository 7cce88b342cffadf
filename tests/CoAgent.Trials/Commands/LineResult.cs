using System.Collections.Immutable;

namespace CoAgent.Trials.Commands;

/// <summary>How a line was taken.</summary>
internal enum LineTaking
{
    /// <summary>Its commands are known by rules.</summary>
    Known,

    /// <summary>What it touches was observed.</summary>
    Unseen,

    /// <summary>It cannot be taken back, or not be tried: it waits.</summary>
    Opaque,
}

/// <summary>What a line of the corpus has shown.</summary>
/// <param name="Line">The line.</param>
/// <param name="Taking">How it was taken.</param>
/// <param name="Faults">What is not as it must be.</param>
internal sealed record LineResult(CorpusLine Line, LineTaking Taking, ImmutableArray<string> Faults)
{
    /// <summary>Why it was taken so; the commands of a known line.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How many objects plain bash changed.</summary>
    public int ChangeCount { get; init; }

    /// <summary>How many entries were declared as written.</summary>
    public int DeclaredCount { get; init; }

    /// <summary>How many of these nothing came of.</summary>
    public int IdleCount { get; init; }

    /// <summary>Whether it was taken back and made again.</summary>
    public bool WasUndone { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(Faults.IsEmpty ? '✓' : '✗')} {Line.Number,3} {Line.Category,-12} {Taking,-7} {Line.Text.ReplaceLineEndings("⏎")}"
        + string.Concat(Faults.Select(static fault => $"\n        {fault.ReplaceLineEndings("⏎")}"))
        + (Taking == LineTaking.Opaque && Reason.Length > 0 ? $"\n        opaque: {Reason.ReplaceLineEndings("⏎")}" : "");
}
