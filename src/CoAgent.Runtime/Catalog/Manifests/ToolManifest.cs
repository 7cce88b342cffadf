using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Templates;

namespace CoAgent.Runtime.Catalog.Manifests;

/// <summary>What one tool touches and how its effect is taken back, as people read it (docs/catalog.md).</summary>
public sealed record ToolManifest
{
    /// <summary>What the server calls the tool.</summary>
    public required string Tool { get; init; }

    /// <summary>What it does, for a person and for a model; null when the server says it.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON Schema of its arguments; null when the server says it.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The names of the arguments that the tool takes, by <see cref="Input"/> or by what its server lists; null where nobody knows them.</summary>
    /// <remarks>No part of the file: what is not declared is no argument, whatever an agent sends.</remarks>
    public ImmutableHashSet<string>? ArgumentNames { get; init; }

    /// <summary>What it does to the world.</summary>
    public required ToolEffect Effect { get; init; }

    /// <summary>Whether what it leaves depends on what was there.</summary>
    /// <value><see cref="WriteKind.ReadModifyWrite"/>.</value>
    public WriteKind Write { get; init; } = WriteKind.ReadModifyWrite;

    /// <summary>Whether it may be executed again after something was put before it.</summary>
    /// <value>True.</value>
    public bool IsReplaySafe { get; init; } = true;

    /// <summary>The objects that it reads.</summary>
    public ImmutableArray<FootprintEntry> Reads { get; init; } = [];

    /// <summary>The objects that it writes.</summary>
    public ImmutableArray<FootprintEntry> Writes { get; init; } = [];

    /// <summary>Captures what the inverse needs; runs before every execution.</summary>
    public ImmutableArray<Step> Prepare { get; init; } = [];

    /// <summary>The execution itself; empty for a tool of the server.</summary>
    public ImmutableArray<Step> Exec { get; init; } = [];

    /// <summary>How it is taken back; null where it is not, or where <see cref="State"/> does it.</summary>
    public ReverseManifest? Reverse { get; init; }

    /// <summary>The kind of state that CoAgent captures and restores itself (<c>files</c>, <c>sqlite</c>); null where steps do.</summary>
    public string? State { get; init; }

    /// <summary>What <see cref="State"/> is given, by name.</summary>
    public ImmutableSortedDictionary<string, ValueTemplate> With { get; init; } = ImmutableSortedDictionary<string, ValueTemplate>.Empty;

    /// <summary>Whether a read may be made again to compare; null for the default of <see cref="Effect"/>.</summary>
    public bool? CanReread { get; init; }

    /// <summary>The members of an answer that are no state.</summary>
    public ImmutableArray<ValuePath> Normalize { get; init; } = [];

    /// <summary>What its steps save, by name.</summary>
    public IEnumerable<string> SavedNames => Prepare.Concat(Exec).Concat(Reverse?.Guard ?? []).Concat(Reverse?.Steps ?? [])
        .Select(static step => step.Save).OfType<string>();

    /// <summary>What it cannot promise, in a sentence; null for nothing.</summary>
    public string? Cannot { get; init; }

    /// <summary>Calls to show and to check it by.</summary>
    public ImmutableArray<ManifestExample> Examples { get; init; } = [];
}

/// <summary>What a tool does to the world.</summary>
public enum ToolEffect
{
    /// <summary>It changes nothing and is answered at its position.</summary>
    Read,

    /// <summary>It changes nothing and is answered as things are (logs, metrics, clocks).</summary>
    LiveRead,

    /// <summary>It changes something and can be taken back.</summary>
    Write,

    /// <summary>It changes something and cannot be taken back.</summary>
    Irreversible,
}

/// <summary>Whether what a write leaves depends on what was there (protocol.md, section 1).</summary>
public enum WriteKind
{
    /// <summary>It does not: put, delete.</summary>
    Blind,

    /// <summary>It does: append, increment, edit.</summary>
    ReadModifyWrite,
}

/// <summary>An entry of a footprint: some objects, under a condition.</summary>
/// <param name="Id">Their ids.</param>
/// <param name="When">Whether they are meant; null for always.</param>
public sealed record FootprintEntry(TextTemplate Id, Condition? When);

/// <summary>How a write is taken back.</summary>
/// <param name="Steps">What restores the state before; empty where nothing has to be done.</param>
/// <param name="Guard">Reads that show whether somebody outside has changed it since; empty where nobody can tell.</param>
/// <param name="IsIdempotent">Whether the steps may run whether or not the call happened.</param>
public sealed record ReverseManifest(ImmutableArray<Step> Steps, ImmutableArray<Step> Guard, bool IsIdempotent);

/// <summary>A call to show and to check a manifest by.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Arguments">Its arguments: a JSON object.</param>
public sealed record ManifestExample(string Name, JsonElement Arguments)
{
    /// <summary>The files of the trial folder, by relative path.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What is done before the call.</summary>
    public ImmutableArray<Step> Setup { get; init; } = [];

    /// <summary>What somebody else does after the call: the guard has to notice it.</summary>
    public ImmutableArray<Step> Outside { get; init; } = [];
}
