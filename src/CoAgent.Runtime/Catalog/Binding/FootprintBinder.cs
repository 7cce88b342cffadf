using System.Collections.Immutable;
using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Binding;

/// <summary>Says what a call of one tool touches, from its manifest and the call's arguments.</summary>
/// <remarks>Made once for a manifest; binding is a matter of microseconds, beside the looks at the file system that paths need.</remarks>
public sealed class FootprintBinder
{
    private readonly ImmutableArray<BoundEntry> _reads;
    private readonly ImmutableArray<BoundEntry> _writes;
    private readonly bool _readsWhatItWrites;

    /// <summary>A binder for a manifest.</summary>
    /// <exception cref="ArgumentException">An entry's text is no object id; the reader of manifests tells such faults.</exception>
    public FootprintBinder(ToolManifest manifest)
    {
        _reads = [.. manifest.Reads.Select(static entry => new BoundEntry(entry))];
        _writes = [.. manifest.Writes.Select(static entry => new BoundEntry(entry))];
        _readsWhatItWrites = manifest.Write == WriteKind.ReadModifyWrite;
    }

    /// <summary>The subtrees in which all lies that calls of the tool may touch, whatever their arguments.</summary>
    public IEnumerable<ObjectPattern> Scope => _reads.Concat(_writes).Select(static entry => entry.Scope).Distinct();

    /// <summary>The footprint of a call; of <c>rmw</c> tools it reads the objects that it writes, listings apart.</summary>
    /// <remarks>
    /// A listing is not read for being written: two calls that add different children to it do not meet. A tool whose answer shows the listing
    /// names it among its reads.
    /// </remarks>
    public BindResult Bind(TemplateValues values)
    {
        var reads = new List<ObjectPattern>();
        var writes = new List<ObjectPattern>();
        foreach (var entry in _reads)
        {
            if (entry.AddTo(reads, reads, values) is { } reason)
            {
                return new BindResult.NotPossible(reason);
            }
        }

        foreach (var entry in _writes)
        {
            if (entry.AddTo(writes, reads, values) is { } reason)
            {
                return new BindResult.NotPossible(reason);
            }
        }

        if (_readsWhatItWrites)
        {
            reads.AddRange(writes.Where(static pattern => pattern.Extent != Extent.Children));
        }

        return Footprint.TryCreate(reads, writes) is { } footprint
            ? new BindResult.Bound(footprint)
            : new BindResult.NotPossible($"It touches more than {Footprint.EntriesMax} objects.");
    }
}

/// <summary>What binding gives.</summary>
public abstract record BindResult
{
    private BindResult()
    {
    }

    /// <summary>What the call touches.</summary>
    /// <param name="Footprint">Ways and links included.</param>
    public sealed record Bound(Footprint Footprint) : BindResult;

    /// <summary>Nobody can tell: the call is taken as one of an unknown tool.</summary>
    /// <param name="Reason">Why, in a sentence for the agent; names placeholders, not what they hold.</param>
    public sealed record NotPossible(string Reason) : BindResult;
}
