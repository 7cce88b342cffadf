using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;

namespace CoAgent.Workspace.Bash;

/// <summary>Which of the paths that a command changed are names of one file.</summary>
internal static class LinkedNames
{
    /// <summary>Of each path that is a further name of a file, the first name of it.</summary>
    internal static Dictionary<string, string> Of(IEnumerable<LayerChange> changes)
    {
        var first = new Dictionary<(ulong, ulong), string>();
        var linked = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in changes.OrderBy(static change => change.Path, StringComparer.Ordinal))
        {
            if (change is { State: FileState.Regular, Source: { } source } && SystemCalls.IdentityOf(source) is { Names: > 1 } file
                && !first.TryAdd((file.Device, file.File), change.Path))
            {
                linked.Add(change.Path, first[(file.Device, file.File)]);
            }
        }

        return linked;
    }
}
