using System.Globalization;
using CoAgent.Runtime.Tools;

namespace CoAgent.Workspace.Captures;

/// <summary>What a call, if it happens, will leave of one object: what a probe compares with, and what may be there when nobody knows.</summary>
/// <remarks>
/// Written as one word: <c>!STATE</c> exactly that; <c>cCONTENT:LENGTH</c> a file of that content in whatever mode,
/// with one more colon when it is written in steps; <c>d</c> a directory;
/// <c>=PATH</c> what another object of the capture was before; <c>+</c> something; <c>?</c> anything.
/// </remarks>
internal abstract record Expectation
{
    private Expectation()
    {
    }

    internal static Expectation Gone { get; } = new Exactly(FileState.Nothing);

    internal static Expectation Parse(string text) => text.Length == 0 ? throw Damaged(text) : (text[0], text[1..]) switch
    {
        ('!', var state) => new Exactly(FileState.Parse(state)),
        ('c', var rest) => ParseContent(rest),
        ('d', "") => new AnyFolder(),
        ('=', var path) => new SameAs(path),
        ('+', "") => new Something(),
        ('?', "") => new Anything(),
        _ => throw Damaged(text),
    };

    /// <inheritdoc/>
    public sealed override string ToString() => this switch
    {
        Exactly exactly => "!" + exactly.State,
        FileOf file => $"c{file.Content}:{file.Length.ToString(CultureInfo.InvariantCulture)}{(file.IsInSteps ? ":" : "")}",
        AnyFolder => "d",
        SameAs same => "=" + same.Path,
        Something => "+",
        Anything => "?",
        _ => throw new InvalidOperationException("an expectation is one of six"),
    };

    private static FileOf ParseContent(string rest)
    {
        var parts = rest.Split(':');
        return parts.Length is 2 or 3 && ContentId.TryParse(parts[0]) is { } content
            ? new FileOf(content, long.Parse(parts[1], CultureInfo.InvariantCulture), IsInSteps: parts.Length == 3)
            : throw Damaged(rest);
    }

    private static FormatException Damaged(string text) => new($"'{text}' is not what a call leaves.");

    /// <summary>Exactly that.</summary>
    internal sealed record Exactly(FileState State) : Expectation;

    /// <summary>A file of that content, in whatever mode.</summary>
    /// <param name="Content">The bytes' name.</param>
    /// <param name="Length">How many.</param>
    /// <param name="IsInSteps">Whether it is written in place: a call that was cut off may have left less.</param>
    internal sealed record FileOf(ContentId Content, long Length, bool IsInSteps = false) : Expectation
    {
        internal static FileOf Bytes(ReadOnlySpan<byte> bytes, bool isInSteps = false) => new(ContentId.Of(bytes), bytes.Length, isInSteps);
    }

    /// <summary>A directory, in whatever mode.</summary>
    internal sealed record AnyFolder : Expectation;

    /// <summary>What another object of the same capture was before the call.</summary>
    internal sealed record SameAs(string Path) : Expectation;

    /// <summary>Something, and nobody knows what.</summary>
    internal sealed record Something : Expectation;

    /// <summary>Anything or nothing.</summary>
    internal sealed record Anything : Expectation;
}
