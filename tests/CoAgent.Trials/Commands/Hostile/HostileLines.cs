using System.Collections.Immutable;

namespace CoAgent.Trials.Commands.Hostile;

/// <summary>A line that is written to do harm.</summary>
/// <param name="Aim">What it tries, in a few words.</param>
/// <param name="Number">Its place in its file, from 1.</param>
/// <param name="Text">The line; names in braces are those of <see cref="Sentinels"/>.</param>
internal sealed record HostileLine(string Aim, int Number, string Text);

/// <summary>Hostile lines, kept as text beside this file: under a line that says what they try.</summary>
internal static class HostileLines
{
    /// <summary>Those that try to get out.</summary>
    public static ImmutableArray<HostileLine> Escapes { get; } = Load("lines.txt");

    /// <summary>Those that use more than there is, or answer what is no text.</summary>
    public static ImmutableArray<HostileLine> Loads { get; } = WithLong(Load("loads.txt"));

    private static ImmutableArray<HostileLine> WithLong(ImmutableArray<HostileLine> lines) =>
    [
        .. lines,
        new HostileLine("a line of a megabyte", lines.Length + 1, "echo " + new string('x', 1 << 20) + " > made"),
        new HostileLine("a NUL in a line", lines.Length + 2, "echo a\0b > made"),
    ];

    // A line that begins with a blank, or stands in an open quote, goes on with the one before it.
    private static ImmutableArray<HostileLine> Load(string file)
    {
        var lines = ImmutableArray.CreateBuilder<HostileLine>();
        var (aim, open) = ("", "");
        foreach (var line in File.ReadAllLines(Path.Combine(CommandCorpus.Folder, "Hostile", file)))
        {
            if (open.Length == 0 && line.StartsWith("# ", StringComparison.Ordinal))
            {
                aim = line[2..];
                continue;
            }

            open += open.Length == 0 ? line : "\n" + line;
            if (open.Count(static letter => letter == '\'') % 2 == 0)
            {
                lines.Add(new HostileLine(aim, lines.Count + 1, open));
                open = "";
            }
        }

        return lines.ToImmutable();
    }
}
