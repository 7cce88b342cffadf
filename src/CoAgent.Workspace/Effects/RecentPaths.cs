using System.Collections.Immutable;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Effects;

/// <summary>What paths were, in living memory, before some call changed them.</summary>
/// <remarks>
/// A call is declared by the tree as it is, but executed at its position, where a later call's file may not be there yet. What a path has been
/// before is taken into account when a call is declared. Safe for several threads. When it is full it forgets everything: what is then declared
/// too narrowly is found out when the call is prepared, and learnt again.
/// </remarks>
internal sealed class RecentPaths
{
    private const int PathsMax = 65_536;
    private ImmutableDictionary<string, Past> _paths = ImmutableDictionary.Create<string, Past>(StringComparer.Ordinal);

    /// <summary>What a path was.</summary>
    [Flags]
    internal enum Past
    {
        /// <summary>Nothing is known.</summary>
        Unknown = 0,

        /// <summary>Nothing was there.</summary>
        Absent = 1,

        /// <summary>A directory was there.</summary>
        Directory = 2,
    }

    internal bool IsEmpty => _paths.IsEmpty;

    internal bool Was(string absolute, Past past) => _paths.GetValueOrDefault(absolute).HasFlag(past);

    /// <summary>Remembers what was captured.</summary>
    internal void Learn(CaptureManifest manifest)
    {
        foreach (var part in manifest.Objects)
        {
            Learn(part.Path, part.Was switch
            {
                FileState.Absent => Past.Absent,
                FileState.Folder when part.IsTree => Past.Directory,
                _ => Past.Unknown,
            });
        }
    }

    /// <summary>Remembers what a path was.</summary>
    internal void Learn(string absolute, Past past)
    {
        if (past != Past.Unknown && !Was(absolute, past))
        {
            ImmutableInterlocked.Update(ref _paths, static (paths, learnt) =>
            {
                var kept = paths.Count < PathsMax ? paths : paths.Clear();
                return kept.SetItem(learnt.Path, kept.GetValueOrDefault(learnt.Path) | learnt.Past);
            }, (Path: absolute, Past: past));
        }
    }
}
