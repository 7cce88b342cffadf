using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>What an inverse needs to take a call back: made before the call executes, kept until the call is folded.</summary>
/// <param name="ManifestUtf8">What was there, in the words of whoever captured it; names contents by their digests.</param>
/// <param name="Contents">
/// All the contents that the manifest names: what is named here is kept until the call is folded. Where the journal has the bytes
/// already, for this call or another, they may be left out (<see cref="Content.Known"/>).
/// </param>
public sealed record Capture(ReadOnlyMemory<byte> ManifestUtf8, ImmutableArray<Content> Contents)
{
    /// <summary>A capture of nothing.</summary>
    public static Capture Empty { get; } = new(ReadOnlyMemory<byte>.Empty, []);

    /// <summary>The same with the contents' names alone: their bytes are found in the journal.</summary>
    public Capture NamesOnly() => this with { Contents = [.. Contents.Select(static content => Content.Known(content.Id))] };

    /// <summary>How much it keeps, in bytes; bytes that were left out are not counted.</summary>
    public long BytesTotal => ManifestUtf8.Length + Contents.Sum(static content => (long)content.Bytes.Length);
}

/// <summary>Bytes that were captured, and their name.</summary>
/// <param name="Id">The name.</param>
/// <param name="Bytes">The bytes; empty also where they are left out.</param>
public sealed record Content(ContentId Id, ReadOnlyMemory<byte> Bytes)
{
    private static readonly ContentId s_nothing = ContentId.Of([]);

    /// <summary>Whether the bytes are left out: there are some, and the journal has them.</summary>
    public bool IsKnown => Bytes.IsEmpty && Id != s_nothing;

    /// <summary>The content of that name, whose bytes the journal has.</summary>
    public static Content Known(ContentId id) => new(id, ReadOnlyMemory<byte>.Empty);

    /// <summary>Names bytes by what they are.</summary>
    public static Content Of(ReadOnlyMemory<byte> bytes) => new(ContentId.Of(bytes.Span), bytes);
}

/// <summary>What is known of a call that was executed: what was there before, and what it left.</summary>
/// <param name="Before">What its inverse restores.</param>
/// <param name="AfterUtf8">
/// What it left, in the words of whoever captured; empty when nobody knows. An inverse compares it with what is there now.
/// </param>
public sealed record Captured(Capture Before, ReadOnlyMemory<byte> AfterUtf8);

/// <summary>Where captured bytes are found again.</summary>
public interface IContentSource
{
    /// <summary>The bytes of that name.</summary>
    /// <exception cref="KeyNotFoundException">They were never kept, or were released with the call that they were kept for.</exception>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken);
}
