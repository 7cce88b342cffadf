using System.Globalization;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Captures;

/// <summary>All that is state at one path: content, existence, mode, a link's target. Times and owners are not.</summary>
/// <remarks>
/// Written as one word, which manifests hold: <c>-</c>; <c>f644:CONTENT:LENGTH</c>; <c>d755</c>; <c>lTARGET</c>; <c>s10644</c> (a pipe or a
/// socket: type and mode). Modes are octal.
/// </remarks>
internal abstract record FileState
{
    private FileState()
    {
    }

    /// <summary>Nothing is there.</summary>
    internal static FileState Nothing { get; } = new Absent();

    /// <summary>What kind of thing is there.</summary>
    internal FileKind Kind => this switch
    {
        Absent => FileKind.Absent,
        Regular => FileKind.File,
        Folder => FileKind.Directory,
        Link => FileKind.Link,
        Special => FileKind.Special,
        _ => throw new InvalidOperationException("a state is one of five"),
    };

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no state.</exception>
    internal static FileState Parse(string text) => text.Length == 0 ? throw Damaged(text) : (text[0], text[1..]) switch
    {
        ('-', "") => Nothing,
        ('f', var rest) => ParseRegular(rest),
        ('d', var mode) => new Folder(Octal(mode)),
        ('l', var target) => new Link(target),
        ('s', var mode) => new Special(Octal(mode)),
        _ => throw Damaged(text),
    };

    /// <inheritdoc/>
    public sealed override string ToString() => this switch
    {
        Absent => "-",
        Regular file => $"f{Octal(file.Mode)}:{file.Content}:{file.Length.ToString(CultureInfo.InvariantCulture)}",
        Folder folder => "d" + Octal(folder.Mode),
        Link link => "l" + link.Target,
        Special special => "s" + Octal(special.TypeAndMode),
        _ => throw new InvalidOperationException("a state is one of five"),
    };

    private static Regular ParseRegular(string rest)
    {
        var parts = rest.Split(':');
        return parts.Length == 3 && ContentId.TryParse(parts[1]) is { } content
            ? new Regular(content, long.Parse(parts[2], CultureInfo.InvariantCulture), Octal(parts[0]))
            : throw Damaged(rest);
    }

    private static string Octal(int mode) => Convert.ToString(mode, 8);

    private static int Octal(string mode) => Convert.ToInt32(mode, 8);

    private static FormatException Damaged(string text) => new($"'{text}' is not the state of a file.");

    /// <summary>Nothing.</summary>
    internal sealed record Absent : FileState;

    /// <summary>A regular file.</summary>
    /// <param name="Content">Its bytes' name.</param>
    /// <param name="Length">How many bytes.</param>
    /// <param name="Mode">Its permission bits.</param>
    internal sealed record Regular(ContentId Content, long Length, int Mode) : FileState;

    /// <summary>A directory; what is in it is state of its own.</summary>
    /// <param name="Mode">Its permission bits.</param>
    internal sealed record Folder(int Mode) : FileState;

    /// <summary>A symbolic link.</summary>
    /// <param name="Target">Where it leads, as it is written.</param>
    internal sealed record Link(string Target) : FileState;

    /// <summary>A pipe or a socket.</summary>
    /// <param name="TypeAndMode">What the system calls its mode: type and permission bits.</param>
    internal sealed record Special(int TypeAndMode) : FileState;
}
