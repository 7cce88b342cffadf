using System.Collections.Immutable;

namespace CoAgent.Runtime.Tools;

/// <summary>What an inverse needs to take a call back: made before the call executes, kept until the call is folded.</summary>
/// <param name="ManifestUtf8">What was there, in the words of whoever captured it; names contents by their digests.</param>
/// <param name="Contents">Every content that the manifest names; the bytes of those that are kept already may be left out.</param>
public sealed record Capture(ReadOnlyMemory<byte> ManifestUtf8, ImmutableArray<Content> Contents)
{
    /// <summary>A capture of nothing.</summary>
    public static Capture Empty { get; } = new(ReadOnlyMemory<byte>.Empty, []);

    /// <summary>The same with the contents' names alone: their bytes are found in the journal.</summary>
    public Capture NamesOnly() => this with { Contents = [.. Contents.Select(static content => Content.Known(content.Id))] };

    /// <summary>How much it keeps, in bytes.</summary>
    public long BytesTotal => ManifestUtf8.Length + Contents.Sum(static content => (long)content.Bytes.Length);
}

/// <summary>Bytes that were captured, and their name.</summary>
/// <param name="Id">The name.</param>
/// <param name="Bytes">The bytes; none where they are kept already.</param>
public sealed record Content(ContentId Id, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A content whose bytes are kept already.</summary>
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
