using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>Where the paths lead that a server is given.</summary>
public interface IFilePaths
{
    /// <summary>Where a path leads now, links followed; null for one that no server takes.</summary>
    /// <param name="directories">What a relative path starts from: the first in which it lies, else the first.</param>
    /// <param name="given">The path as the server is given it; <c>~</c> is the home directory.</param>
    FilePath? Resolve(ImmutableArray<string> directories, string given);
}

/// <summary>Where a path leads.</summary>
/// <param name="Canonical">The full path, without links.</param>
/// <param name="Exists">Whether something is there.</param>
/// <param name="IsDirectory">Whether a directory is there.</param>
/// <param name="Links">The links that were followed on the way, by full path.</param>
/// <param name="Missing">The directories above it that are not there, the nearest first.</param>
public sealed record FilePath(
    string Canonical, bool Exists, bool IsDirectory, ImmutableArray<string> Links, ImmutableArray<string> Missing);
