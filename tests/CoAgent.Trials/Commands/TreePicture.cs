using System.Collections.Immutable;
using System.Text;

namespace CoAgent.Trials.Commands;

/// <summary>All that is state in a folder, as <c>find</c> and <c>sha256sum</c> see it: kind, mode, content, where links lead, which names share a file.</summary>
/// <remarks>Made without any of the code that it judges. Times and owners are no state.</remarks>
/// <param name="Root">The full path of the folder.</param>
/// <param name="Entries">Each path below it, relative, with its state in words; the folder itself is the empty path.</param>
internal sealed record TreePicture(string Root, ImmutableSortedDictionary<string, string> Entries)
{
    private string? _indexOfGit;

    private const int FieldCount = 6;

    private const string Script = """
        find . -printf '%y\0%m\0%i\0%n\0%P\0%l\0'
        printf '\0'
        find . -type f -print0 | xargs -0 -r sha256sum -z
        if [ -f root/.git/index ]; then
          printf '%s  %s\0' "$(git -C root ls-files --stage -v -z | sha256sum | cut -c1-64)" "index of git"
        fi
        """;

    private const string Index = ".git/index";

    /// <summary>Looks at a folder; a git repository in <c>root</c> below it may be looked at for what its index means.</summary>
    public static async Task<TreePicture> OfAsync(string root, IReadOnlyDictionary<string, string> environment)
    {
        var seen = await ProgramOutput.OfAsync("bash", ["-c", Script], root, environment, TimeSpan.FromSeconds(60));
        var fields = seen.Text.Split('\0');
        var end = EndOf(fields);
        var digests = fields[(end + 1)..].Where(static field => field.Length > 66)
            .ToDictionary(static field => field[66..], static field => field[..12], StringComparer.Ordinal);
        return new TreePicture(root, EntriesOf(fields.AsSpan(0, end), digests))
        {
            _indexOfGit = digests.GetValueOrDefault("index of git"),
        };
    }

    /// <summary>The part in a folder.</summary>
    public TreePicture Below(string name) => new(
        Path.Combine(Root, name),
        Entries.Where(entry => entry.Key == name || entry.Key.StartsWith(name + "/", StringComparison.Ordinal))
            .ToImmutableSortedDictionary(entry => entry.Key == name ? "" : entry.Key[(name.Length + 1)..], static entry => entry.Value, StringComparer.Ordinal))
    {
        _indexOfGit = _indexOfGit,
    };

    /// <summary>All but the part in a folder.</summary>
    public TreePicture Beside(string name) => this with
    {
        Entries = Entries.RemoveRange(Entries.Keys.Where(path => path == name || path.StartsWith(name + "/", StringComparison.Ordinal))),
    };

    /// <summary>The same with git's index by what it means: it also holds inode numbers and times, which no two copies share.</summary>
    public TreePicture WithoutTimes() => _indexOfGit is { } meaning && Entries.ContainsKey(Index)
        ? this with { Entries = Entries.SetItem(Index, $"index {meaning}") }
        : this;

    /// <summary>The first differences from another one in words; null when there are none.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="withSharing">Whether it counts which names share a file.</param>
    public string? DifferenceFrom(TreePicture other, bool withSharing = true)
    {
        ImmutableArray<TreeChange> changes = [.. other.ChangesTo(this).Where(change => withSharing || !change.IsSharingOnly)];
        return changes.IsEmpty ? null : string.Join("; ", changes.Take(3)) + (changes.Length > 3 ? $" and {changes.Length - 3} more" : "");
    }

    /// <summary>What is another thing in a later picture of the same folder.</summary>
    public ImmutableArray<TreeChange> ChangesTo(TreePicture later) =>
    [
        .. Entries.Keys.Union(later.Entries.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(path => new TreeChange(path, Entries.GetValueOrDefault(path), later.Entries.GetValueOrDefault(path)))
            .Where(static change => change.Before != change.After),
    ];

    // An entry's six fields may be empty (the root has no path, a file no target): the list ends where a kind is missing.
    private static int EndOf(string[] fields)
    {
        var at = 0;
        while (at < fields.Length && fields[at].Length > 0)
        {
            at += FieldCount;
        }

        return at;
    }

    private static ImmutableSortedDictionary<string, string> EntriesOf(ReadOnlySpan<string> fields, Dictionary<string, string> digests)
    {
        var entries = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var files = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var at = 0; at + FieldCount <= fields.Length; at += FieldCount)
        {
            var (kind, mode, inode, names, path, target) =
                (fields[at], fields[at + 1], fields[at + 2], fields[at + 3], fields[at + 4], fields[at + 5]);
            entries[path] = kind switch
            {
                "l" => $"link to {target}",
                "f" => $"file {mode} {digests.GetValueOrDefault("./" + path, "unread")}",
                "d" => $"folder {mode}",
                _ => $"{kind} {mode}",
            };
            if (kind == "f" && names != "1")
            {
                files[inode] = [.. files.GetValueOrDefault(inode, []), path];
            }
        }

        foreach (var sharing in files.Values)
        {
            var first = sharing.Min(StringComparer.Ordinal)!;
            sharing.ForEach(path => entries[path] += TreeChange.Sharing + first);
        }

        return entries.ToImmutable();
    }
}

/// <summary>A path whose state is another one.</summary>
/// <param name="Path">The path, relative to the folder.</param>
/// <param name="Before">What was there; null for nothing.</param>
/// <param name="After">What is there; null for nothing.</param>
internal sealed record TreeChange(string Path, string? Before, string? After)
{
    internal const string Sharing = " shared with ";

    /// <summary>Whether only other names of the same file have come or gone: nothing was written here.</summary>
    public bool IsSharingOnly => Before is not null && After is not null && Bare(Before) == Bare(After);

    /// <summary>Whether it came or went, so that its folder's listing is another one.</summary>
    public bool ChangesListing => Before is null || After is null;

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Before ?? "nothing"} → {After ?? "nothing"}";

    private static string Bare(string state) => state.Split(Sharing)[0];
}
