using System.Security.Cryptography;

namespace CoAgent.Workspace.Paths;

/// <summary>The names that belong to CoAgent itself and that no tool shows or touches, in any directory.</summary>
/// <remarks>
/// <c>.coagent</c> holds the coordinator's own state, also that of a workspace nested in this one. Names that begin with <c>.coagent~</c> are
/// files in the making: they are written beside their destination and then renamed, so no listing ever shows half a file.
/// Both are compared without case, and without the trailing dots and spaces that some file systems drop.
/// </remarks>
internal static class ReservedNames
{
    internal const string State = ".coagent";
    private const string TemporaryPrefix = ".coagent~";

    internal static bool IsReserved(ReadOnlySpan<char> name) => IsState(name) || IsTemporary(name);

    internal static bool IsState(ReadOnlySpan<char> name) =>
        name.TrimEnd(". ").Equals(State, StringComparison.OrdinalIgnoreCase);

    internal static bool IsTemporary(ReadOnlySpan<char> name) =>
        name.StartsWith(TemporaryPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>A fresh name for a file in the making, in the given directory.</summary>
    internal static string TemporaryIn(string directory) =>
        PathWalk.Join(directory, TemporaryPrefix + RandomNumberGenerator.GetHexString(16, lowercase: true));
}
