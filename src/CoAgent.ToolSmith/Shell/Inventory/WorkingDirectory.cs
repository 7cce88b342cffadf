using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Shell.Inventory;

/// <summary>The directories that a command may run in: where <c>cd</c> may fail, both are possible.</summary>
/// <remarks>Paths are absolute and logical: bash takes <c>..</c> from the path as it went, whatever is linked where.</remarks>
internal sealed record WorkingDirectory
{
    private const int PathsMax = 8;

    private WorkingDirectory(ImmutableArray<string> paths) => Paths = paths;

    public static WorkingDirectory Unknown { get; } = new([]);

    /// <summary>Each that is possible; none when nothing is known.</summary>
    public ImmutableArray<string> Paths { get; }

    public bool IsKnown => !Paths.IsEmpty;

    public static WorkingDirectory At(string path) => path is ['/', ..] ? new([Normal(path)]) : Unknown;

    public WorkingDirectory Enter(string path) => path switch
    {
        ['/', ..] => At(path),
        _ when IsKnown => new([.. Paths.Select(each => Normal(each + "/" + path)).Distinct(StringComparer.Ordinal)]),
        _ => Unknown,
    };

    public WorkingDirectory Merge(WorkingDirectory other)
    {
        if (ReferenceEquals(this, other) || !IsKnown || !other.IsKnown)
        {
            return IsKnown ? other : this;
        }

        ImmutableArray<string> all = [.. Paths.Union(other.Paths, StringComparer.Ordinal)];
        return all.Length <= PathsMax ? new(all) : Unknown;
    }

    public bool Equals(WorkingDirectory? other) => other is not null && Paths.SequenceEqual(other.Paths);

    public override int GetHashCode() => Paths.Length;

    private static string Normal(string path)
    {
        var names = new List<string>();
        foreach (var name in path.Split('/'))
        {
            if (name == ".." && names.Count > 0)
            {
                names.RemoveAt(names.Count - 1);
            }
            else if (name is not ("" or "." or ".."))
            {
                names.Add(name);
            }
        }

        return "/" + string.Join('/', names);
    }
}
