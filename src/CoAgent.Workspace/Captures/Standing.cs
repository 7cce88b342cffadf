using System.Collections.Immutable;

namespace CoAgent.Workspace.Captures;

/// <summary>How one path stands: what is there, beside what was there before a call and what the call left or was to leave.</summary>
/// <param name="Path">The canonical path.</param>
/// <param name="Relative">The same, relative to the object that it belongs to; empty for the object itself.</param>
/// <param name="Part">The object.</param>
/// <param name="Now">What is there.</param>
/// <param name="Left">What the call left; null when nobody knows.</param>
internal sealed record PathStanding(string Path, string Relative, CapturedObject Part, FileState Now, FileState? Left)
{
    /// <summary>What was there before the call.</summary>
    internal FileState Was => Part.At(Relative);

    internal bool IsAsBefore => Now == Was;
}

/// <summary>How everything that a call wrote stands.</summary>
/// <remarks>
/// <para>
/// Where it is known what the call left, each path must be as before or as left: an inverse that was interrupted leaves some of each. Anything
/// else was put there by somebody outside, but for what is passed through on the way from one to the other.
/// </para>
/// <para>
/// Where it is not known (the outcome was lost), each path must be as before, or as the call would have left it. That tells an outside write
/// from the call's own wherever the call's result follows from its arguments and the captured state: a written or edited content, a removal, a
/// move, a new directory, a promoted command. It does not tell them apart where the result depends on more: the copy that a copy made (its
/// source may have changed since), and what foreign servers make of an edit; there, whatever is in place is taken for the call's. Nor is a mode
/// told apart that somebody gave to a file that the call had just made, nor a shorter file from one that a server wrote half of.
/// </para>
/// </remarks>
internal sealed class Standing
{
    private readonly CaptureManifest _before;
    private readonly bool _isLeftKnown;

    private Standing(CaptureManifest before, ImmutableArray<PathStanding> paths, bool isLeftKnown)
    {
        _before = before;
        Paths = paths;
        _isLeftKnown = isLeftKnown;
    }

    internal ImmutableArray<PathStanding> Paths { get; }

    /// <summary>Whether all is as it was before the call.</summary>
    internal bool IsAsBefore => Paths.All(static path => path.IsAsBefore);

    /// <summary>Whether all is as the call would leave it, as far as that can be said at all.</summary>
    internal bool IsAsForeseen => Paths.All(path => path.Part.Then is not Expectation.Anything && IsForeseen(path));

    /// <summary>Whether nobody outside has put anything there.</summary>
    internal bool IsOurs => Paths.All(path => path.IsAsBefore || IsOnTheWay(path)
        || (_isLeftKnown ? path.Now == path.Left : IsForeseen(path) || IsHalfWritten(path)));

    /// <summary>Looks at what is there.</summary>
    /// <param name="before">What was captured before the call.</param>
    /// <param name="left">What the call left; null when nobody knows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static Standing Of(CaptureManifest before, CaptureManifest? left, CancellationToken cancellationToken)
    {
        var now = FileCapture.Look(before, cancellationToken);
        var leftByPath = left?.Objects.ToDictionary(static part => part.Path, StringComparer.Ordinal);
        var paths = ImmutableArray.CreateBuilder<PathStanding>();
        foreach (var (part, current) in before.Objects.Zip(now.Objects))
        {
            var after = leftByPath?.GetValueOrDefault(part.Path);
            foreach (var relative in Names(part, current, after, before))
            {
                paths.Add(new PathStanding(part.PathOf(relative), relative, part, current.At(relative), after?.At(relative)));
            }
        }

        return new Standing(before, paths.ToImmutable(), left is not null);
    }

    private static SortedSet<string> Names(CapturedObject part, CapturedObject now, CapturedObject? left, CaptureManifest before)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal) { "" };
        names.UnionWith(part.Below.Keys);
        names.UnionWith(now.Below.Keys);
        names.UnionWith(left?.Below.Keys ?? []);
        if (part.Then is Expectation.SameAs same)
        {
            names.UnionWith(Source(before, same)?.Below.Keys ?? []);
        }

        return names;
    }

    private bool IsForeseen(PathStanding path) => path.Part.Then switch
    {
        null => path.IsAsBefore,
        Expectation.Exactly exactly => path.Now == (path.Relative.Length == 0 ? exactly.State : FileState.Nothing),
        Expectation.FileOf file => path.Now is FileState.Regular now && now.Content == file.Content && now.Length == file.Length,
        Expectation.AnyFolder => path.Relative.Length > 0 || path.Now is FileState.Folder,
        Expectation.SameAs same => path.Now == (Source(_before, same)?.At(path.Relative) ?? FileState.Nothing),
        Expectation.Something => path.Relative.Length > 0 || path.Now is not FileState.Absent,
        Expectation.Anything => true,
        _ => throw new InvalidOperationException("an expectation is one of six"),
    };

    // Putting files in place, there and back, passes through states that are neither: see FileRestore.
    private bool IsOnTheWay(PathStanding path)
    {
        var then = _isLeftKnown ? path.Left : path is { Part.Then: Expectation.Exactly exactly, Relative.Length: 0 } ? exactly.State : null;
        return then is not null && path.Now switch
        {
            // One thing goes before another kind of thing comes.
            FileState.Absent => path.Was.Kind != then.Kind,
            // A directory gets its mode last, and is opened while things are put into it.
            FileState.Folder => IsOpened(path.Was) || IsOpened(then) || path.Was is FileState.Folder != then is FileState.Folder,
            _ => false,
        };

        bool IsOpened(FileState state) => path.Now is FileState.Folder now && state is FileState.Folder folder
            && now.Mode == (folder.Mode | FileRestore.OwnerWrites);
    }

    private static bool IsHalfWritten(PathStanding path) =>
        path is { Part.Then: Expectation.FileOf { IsInSteps: true } file, Now: FileState.Regular now } && now.Length < file.Length;

    private static CapturedObject? Source(CaptureManifest before, Expectation.SameAs same) =>
        before.Objects.FirstOrDefault(part => part.Path == same.Path);
}
