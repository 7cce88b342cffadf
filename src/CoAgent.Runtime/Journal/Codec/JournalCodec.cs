namespace CoAgent.Runtime.Journal.Codec;

/// <summary>Entries as bytes and back (docs/decisions/0014).</summary>
/// <remarks>
/// The numbers in here are on disk. Whatever changes what the bytes mean raises <see cref="Version"/> and leaves a reader for the
/// versions before. What is read is what was written, but for the contents of captures, which come back as names, and for the
/// long texts of released calls, which come back cut.
/// </remarks>
internal static class JournalCodec
{
    /// <summary>The version that this program writes, and the latest that it reads.</summary>
    /// <remarks>Version 2 has what is left where nothing is open, and why a notice was settled as it was; else it is version 1.</remarks>
    public const int Version = 2;

    /// <summary>The kind of a <see cref="JournalEntry.Rested"/>: an index of the tables knows it, too.</summary>
    public const int Rested = 7;

    private const int Opened = 1;
    private const int Taken = 2;
    private const int Proposed = 3;
    private const int Prepared = 4;
    private const int Ended = 5;
    private const int Released = 6;
    private const int Resolved = 8;

    private const int UsualBytes = 384;

    public static StoredEntry Encode(JournalEntry entry)
    {
        var body = new FieldWriter(UsualBytes);
        var pieces = new PieceWriter(body);
        body.Time(entry.At);
        var (kind, call) = entry switch
        {
            JournalEntry.Opened opened => EntryFields.Write(body, opened, Opened),
            JournalEntry.Taken taken => EntryFields.Write(body, taken, Taken),
            JournalEntry.Proposed proposed => EntryFields.Write(body, pieces, proposed, Proposed),
            JournalEntry.Prepared prepared => EntryFields.Write(body, pieces, prepared, Prepared),
            JournalEntry.Ended ended => EntryFields.Write(body, pieces, ended, Ended),
            JournalEntry.Released released => EntryFields.Write(body, released, Released),
            JournalEntry.Rested rested => RestFields.Write(body, rested, Rested),
            JournalEntry.Resolved resolved => EntryFields.Write(body, resolved, Resolved),
            _ => throw new InvalidOperationException($"The journal has no encoding for {entry.GetType().Name}."),
        };
        var seed = SeedOf(Version, kind, call);
        body.Seal(seed);
        pieces.Detail?.Seal(seed);
        return new StoredEntry(Version, kind, call, body.Written, pieces.Detail?.Written ?? default);
    }

    /// <summary>The entry of those bytes.</summary>
    /// <param name="stored">What was stored.</param>
    /// <param name="number">Its number in the journal, for the message.</param>
    /// <param name="writer">The first program that wrote that version into the journal; null when the journal does not say.</param>
    /// <exception cref="JournalException">The version or the kind is not known, or the bytes are damaged.</exception>
    public static JournalEntry Decode(StoredEntry stored, long number, string? writer)
    {
        if (stored.Version is < 1 or > Version)
        {
            throw JournalFault.UnknownVersion(number, stored.Version, Version, writer);
        }

        try
        {
            return Read(stored) ?? throw JournalFault.UnknownKind(number, stored.Kind, writer);
        }
        catch (DamageException damage)
        {
            throw JournalFault.Damaged(number, damage);
        }
    }

    private static JournalEntry? Read(StoredEntry stored)
    {
        var seed = SeedOf(stored.Version, stored.Kind, stored.Call);
        var isDetailed = !stored.Detail.IsEmpty;
        var body = FieldReader.Unseal(stored.Body.Span, seed);
        var pieces = new PieceReader(isDetailed ? FieldReader.Unseal(stored.Detail.Span, seed) : default, isDetailed);
        var at = body.Time();
        JournalEntry? entry = stored.Kind switch
        {
            Opened => EntryFields.ReadOpened(ref body, at),
            Taken => new JournalEntry.Taken(at, InputCodec.Read(ref body)),
            Proposed => EntryFields.ReadProposed(ref body, ref pieces, at),
            Prepared => EntryFields.ReadPrepared(ref body, ref pieces, at),
            Ended => EntryFields.ReadEnded(ref body, ref pieces, at),
            Released => new JournalEntry.Released(at, body.Calls()),
            Rested when stored.Version >= 2 => RestFields.Read(ref body, at),
            Resolved when stored.Version >= 2 => EntryFields.ReadResolved(ref body, at),
            _ => null,
        };
        if (entry is not null)
        {
            body.End();
            pieces.End();
        }

        return entry;
    }

    /// <summary>What stands beside the bytes in the journal is under their checksum too.</summary>
    internal static uint SeedOf(int version, int kind, long? call)
    {
        Span<byte> beside = stackalloc byte[sizeof(int) + sizeof(long)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(beside, kind);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(beside[sizeof(int)..], call ?? -1);
        return Checksum.Of(beside, (uint)version);
    }
}
