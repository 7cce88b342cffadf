using System.Collections.Immutable;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Captures;

/// <summary>One object of a capture: what was at a path, and below it when the whole tree is the object.</summary>
/// <param name="Path">The canonical path.</param>
/// <param name="IsTree">Whether everything below belongs to the object.</param>
/// <param name="Was">What was there.</param>
/// <param name="Below">What was below, by path relative to <paramref name="Path"/>; a name that is not here was not there.</param>
internal sealed record CapturedObject(
    string Path, bool IsTree, FileState Was, ImmutableSortedDictionary<string, FileState> Below)
{
    /// <summary>The names of an object that is no tree.</summary>
    internal static ImmutableSortedDictionary<string, FileState> NothingBelow { get; } =
        ImmutableSortedDictionary.Create<string, FileState>(StringComparer.Ordinal);

    /// <summary>What the call will leave of it; null: what was there.</summary>
    internal Expectation? Then { get; init; }

    /// <summary>The object itself and what was below it, each with its path relative to the object; the object's own is empty.</summary>
    internal IEnumerable<KeyValuePair<string, FileState>> Entries => Below.Prepend(KeyValuePair.Create("", Was));

    /// <summary>What was at a path relative to the object.</summary>
    internal FileState At(string relative) =>
        relative.Length == 0 ? Was : Below.GetValueOrDefault(relative, FileState.Nothing);

    /// <summary>The canonical path of an entry.</summary>
    internal string PathOf(string relative) => relative.Length == 0 ? Path : PathWalk.Join(Path, relative);
}
