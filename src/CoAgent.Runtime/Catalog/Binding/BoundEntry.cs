using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Catalog.Binding;

/// <summary>An entry of a footprint, ready to be bound.</summary>
internal sealed class BoundEntry
{
    private readonly IdTemplate _id;
    private readonly ImmutableArray<SegmentTemplate> _segments;
    private readonly CompiledCondition? _when;
    private readonly LoopPlan _loops;

    /// <summary>An entry of a manifest.</summary>
    /// <exception cref="ArgumentException">Its text is no object id.</exception>
    public BoundEntry(FootprintEntry entry)
    {
        _id = IdTemplate.TryParse(entry.Id, out var fault) ?? throw new ArgumentException($"\"{entry.Id.Source}\" {fault}", nameof(entry));
        var loops = new LoopPlanBuilder();
        _segments = [.. _id.Segments.Select((segment, at) => new SegmentTemplate(segment, loops, isPath: _id.IsFile && !_id.IsAbsolute && at == 0))];
        _when = entry.When?.Compile(loops);
        _loops = loops.Build();
    }

    /// <summary>The subtree below the segments that hold no placeholder; for files, where a link may lead anywhere, all of them.</summary>
    public ObjectPattern Scope
    {
        get
        {
            if (_id.IsEverything)
            {
                return ObjectPattern.Everything;
            }

            var fixedNames = _id.Segments.TakeWhile(segment => !_id.IsFile && segment.All(static part => part is TemplatePart.Literal))
                .Select(static segment => string.Concat(segment.OfType<TemplatePart.Literal>().Select(static part => part.Text)));
            var root = _id.Scheme + (_id.IsAbsolute || _id.IsFile ? ":/" : ":");
            return ObjectPattern.Subtree(ObjectId.Create(root + string.Join('/', fixedNames.Select(static name => SegmentText.Of(SegmentName.TryDecode(name)!)))));
        }
    }

    /// <summary>Adds what it names for a call.</summary>
    /// <param name="patterns">Where to.</param>
    /// <param name="ways">Where the links and the missing directories on the way to files go: they are read.</param>
    /// <param name="values">What the call has.</param>
    /// <returns>Why nobody can tell; null where somebody can.</returns>
    public string? AddTo(List<ObjectPattern> patterns, List<ObjectPattern> ways, TemplateValues values)
    {
        var rounds = new Rounds(_loops, values);
        return rounds.ForEach(_loops.All.AsSpan(), () =>
        {
            switch (_when?.Holds(rounds))
            {
                case ConditionResult.NotPossible unknown:
                    return unknown.Reason;
                case ConditionResult.Decided { Holds: false }:
                    return null;
                default:
                    return _id.IsFile ? AddFile(patterns, ways, rounds) : AddId(patterns, rounds);
            }
        });
    }

    private string? AddId(List<ObjectPattern> patterns, Rounds rounds)
    {
        if (_id.IsEverything)
        {
            patterns.Add(ObjectPattern.Everything);
            return null;
        }

        var id = new StringBuilder(_id.Scheme).Append(_id.IsAbsolute ? ":/" : ":");
        foreach (var (at, segment) in _segments.Index())
        {
            switch (segment.Name(rounds))
            {
                case Found.Text name:
                    id.Append(at > 0 ? "/" : "").Append(SegmentText.Of(name.Value));
                    break;
                case Found.Misfit misfit:
                    return misfit.Reason;
                default:
                    return null; // left out
            }
        }

        return Add(patterns, id.ToString(), _id.Extent);
    }

    private string? AddFile(List<ObjectPattern> patterns, List<ObjectPattern> ways, Rounds rounds)
    {
        var given = new StringBuilder(_id.IsAbsolute ? "/" : "");
        foreach (var (at, segment) in _segments.Index())
        {
            switch (segment.PathName(rounds))
            {
                case Found.Text name:
                    given.Append(at > 0 && given[^1] != '/' ? "/" : "").Append(name.Value);
                    break;
                case Found.Misfit misfit:
                    return misfit.Reason;
                default:
                    return null;
            }
        }

        if (rounds.Values.Lead(given.ToString()) is not { } path)
        {
            return "A path leads nowhere that a server takes.";
        }

        return AddWay(ways, path) ?? Add(patterns, IdOf(path.Canonical), _id.Extent);
    }

    private static string? AddWay(List<ObjectPattern> ways, FilePath path)
    {
        foreach (var passed in path.Links.Concat(path.Missing))
        {
            if (Add(ways, IdOf(passed), Extent.Node) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private static string IdOf(string canonical) =>
        "file:/" + string.Join('/', canonical.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(SegmentText.Of));

    private static string? Add(List<ObjectPattern> patterns, string id, Extent extent)
    {
        if (ObjectId.TryCreate(id) is not { } named)
        {
            return $"An object's id would be longer than {ObjectId.CharsMax} characters or deeper than {ObjectId.SegmentsMax} segments.";
        }

        patterns.Add(extent switch
        {
            Extent.Children => ObjectPattern.Children(named),
            Extent.Subtree => ObjectPattern.Subtree(named),
            _ => ObjectPattern.Node(named),
        });
        return null;
    }
}
