using System.Collections.Immutable;
using System.Text;

namespace CoAgent.Trials.Files;

/// <summary>A directory with all that is in it: names, contents, modes.</summary>
/// <param name="Entries">Each entry's path in it, and what it is.</param>
internal sealed record TreeState(ImmutableSortedDictionary<string, string> Entries)
{
    /// <summary>The content of a file; <see cref="Agents.Heard.Absent"/> when it is not there.</summary>
    public string this[string name] => Entries.TryGetValue(name, out var entry) ? entry[(entry.IndexOf(' ') + 1)..] : Agents.Heard.Absent;

    /// <summary>Looks at a directory.</summary>
    public static TreeState Of(string directory)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            found[Path.GetRelativePath(directory, entry.FullName)] = TextOf(entry);
        }

        return new TreeState(found.ToImmutable());
    }

    /// <summary>The first difference, in words; null when there is none.</summary>
    public string? DifferenceFrom(TreeState other)
    {
        foreach (var name in Entries.Keys.Union(other.Entries.Keys).Order(StringComparer.Ordinal))
        {
            var (mine, theirs) = (Entries.GetValueOrDefault(name), other.Entries.GetValueOrDefault(name));
            if (mine != theirs)
            {
                return $"{name} is {Shown(mine)}, serially {Shown(theirs)}";
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(", ", Entries.Select(entry => $"{entry.Key} = {Shown(entry.Value)}"));

    private static string Shown(string? entry) => entry?.Replace("\n", "\\n", StringComparison.Ordinal) ?? "not there";

    // Latin 1 keeps every byte apart, so that contents that are no text compare too.
    private static string TextOf(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => $"link {target}",
        DirectoryInfo => $"{Mode(entry)}/ ",
        _ => $"{Mode(entry)} {Encoding.Latin1.GetString(File.ReadAllBytes(entry.FullName))}",
    };

    private static string Mode(FileSystemInfo entry) => Convert.ToString((int)entry.UnixFileMode, 8);
}
