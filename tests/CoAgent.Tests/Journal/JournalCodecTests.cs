using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Quarantines;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Outcome = CoAgent.Protocol.Outcome;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>Entries as bytes and back.</summary>
public sealed class JournalCodecTests
{
    private const int RunCount = 5_000;
    private const ulong Seed = 20_264;

    private static readonly DeclaredOrder Declared =
        DeclaredOrder.Create([new OrderEntry("planner", Await: true), new OrderEntry("*"), new OrderEntry("coder")]);

    private static readonly Input[] Inputs =
    [
        new Input.Begin(AgentId.Create("planner"), Given: null),
        new Input.Begin(AgentId.Create("planner"), new Rank(5)),
        new Input.Cancel(new CallId(6)),
        new Input.Undo(new RequestId(7), By: null, [new CallId(8)]),
        new Input.Abort(new RequestId(7), new TransactionId(9)),
        new Input.Finish(new RequestId(7), new TransactionId(9), Wait: true),
        new Input.WaitEnded(new TransactionId(9)),
        new Input.Leave(new TransactionId(9)),
        new Input.Resolve(new RequestId(7), new TransactionId(9), new NoticeId(10), NoticeDecision.Revised, KeepsStaleValue: true),
        new Input.Redeliver(new TransactionId(9)),
        new Input.Release(new RequestId(7), new QuarantineId(11), ReleaseVerdict.TakenBack),
        new Input.Ended(new EffectId(12), new Outcome.Failed(new ResultDigest(13), 14)),
        new Input.Ended(new EffectId(12), new Outcome.NotDone()),
        new Input.Ended(new EffectId(12), new Outcome.Unknown()),
        new Input.Ended(new EffectId(12), new Outcome.OutsideWrite()),
    ];

    private static readonly JournalEntry[] EntriesOfVersion1 =
    [
        new JournalEntry.Opened(At, "boot", new ProtocolOptions { Order = Declared }, IsFresh: true),
        .. Inputs.Select(static input => new JournalEntry.Taken(At, input)),
        Proposed(1, "{}"), Proposed(1, LongText), Prepared(2, Bytes("content")), Ended(3, "{}"), Released(1, 2),
    ];

    [Fact]
    public void What_is_read_is_what_was_written() => ForAll(static random =>
    {
        var entry = new EntrySource(random).Next();
        var stored = JournalCodec.Encode(entry);
        Assert.Equal(Dump.Of(entry), Dump.Of(JournalCodec.Decode(stored, number: 1, writer: null)));
    });

    [Fact]
    public void The_same_entry_has_the_same_bytes() => ForAll(static random =>
    {
        var entry = new EntrySource(random).Next();
        var (first, second) = (JournalCodec.Encode(entry), JournalCodec.Encode(entry));
        Assert.Equal(Dump.Of(first), Dump.Of(second));
        var again = JournalCodec.Encode(JournalCodec.Decode(first, number: 1, writer: null));
        Assert.Equal(Dump.Of(first), Dump.Of(again));
    });

    [Fact]
    public void What_was_released_keeps_its_input() => ForAll(static random =>
    {
        var entry = new EntrySource(random).Next();
        var stored = JournalCodec.Encode(entry) with { Detail = default };
        var read = JournalCodec.Decode(stored, number: 1, writer: null);
        Assert.Equal(InputOf(entry), InputOf(read));
    });

    [Fact]
    public void Bytes_that_are_damaged_anywhere_are_refused() => ForAll(static random =>
    {
        var stored = JournalCodec.Encode(new EntrySource(random).Next());
        var damaged = stored.Detail.IsEmpty || random.Next(2) == 0
            ? stored with { Body = Damage(stored.Body, random) }
            : stored with { Detail = Damage(stored.Detail, random) };
        if (damaged.Detail.IsEmpty == stored.Detail.IsEmpty)
        {
            Assert.Throws<JournalException>(() => JournalCodec.Decode(damaged, number: 1, writer: null));
        }
    });

    [Fact]
    public void Bytes_under_a_good_checksum_are_an_entry_or_are_refused() => ForAll(static random =>
    {
        var stored = JournalCodec.Encode(new EntrySource(random).Next());
        var (body, detail) = (Resealed(stored.Body, stored, random), Resealed(stored.Detail, stored, random));
        try
        {
            Assert.NotNull(JournalCodec.Decode(stored with { Body = body, Detail = detail }, number: 1, writer: null));
        }
        catch (JournalException)
        {
        }
    });

    /// <summary>What is on disks stays readable: other bytes for these entries are another version.</summary>
    [Fact]
    public void The_bytes_of_version_2_stay_as_they_are()
    {
        JournalEntry[] entries =
        [
            .. EntriesOfVersion1,
            new JournalEntry.Taken(At, new Input.PowerLost()),
            new JournalEntry.Resolved(At, (Input.Resolve)Inputs[8], "it only names the file"),
            new RestSource(new Random(5), new EntrySource(new Random(6))).Next(),
        ];
        Assert.Equal(2, JournalCodec.Version);
        string[] written = [.. entries.Select(JournalCodec.Encode).Select(static stored =>
            $"{stored.Kind} {Convert.ToHexString(stored.Body.Span)} {ContentId.Of(stored.Detail.Span)}")];
        Assert.True(Kept(version: 2).SequenceEqual(written), $"The bytes are others now:\n{string.Join('\n', written)}");
    }

    [Fact]
    public void What_version_1_wrote_is_read_as_it_was()
    {
        var kept = Kept(version: 1);
        Assert.Equal(EntriesOfVersion1.Length, kept.Length);
        foreach (var (line, entry) in kept.Zip(EntriesOfVersion1))
        {
            var parts = line.Split(' ');
            var today = JournalCodec.Encode(entry) with { Detail = default };
            var stored = new StoredEntry(Version: 1, int.Parse(parts[0]), today.Call, Convert.FromHexString(parts[1]), Detail: default);
            Assert.Equal(
                Dump.Of(JournalCodec.Decode(today, number: 1, writer: null)), Dump.Of(JournalCodec.Decode(stored, number: 1, writer: null)));
        }
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    public void An_entry_of_a_kind_that_its_version_did_not_have_is_refused(int kind)
    {
        var body = new FieldWriter(64);
        body.Time(At);
        body.Seal(JournalCodec.SeedOf(version: 1, kind, call: null));
        var stored = new StoredEntry(Version: 1, kind, Call: null, body.Written, Detail: default);
        Assert.Contains(
            $"is of kind {kind}, which",
            Assert.Throws<JournalException>(() => JournalCodec.Decode(stored, number: 1, writer: null)).Message,
            StringComparison.Ordinal);
    }

    private static string[] Kept(int version) =>
        File.ReadAllLines(Path.Combine(Repository.Root, $"tests/CoAgent.Tests/Journal/Snapshots/version-{version}.txt"));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_unknown_version_is_refused_with_the_program_that_is_needed(int version)
    {
        var stored = JournalCodec.Encode(Numbered(1)) with { Version = version };
        Assert.Equal(
            $"Entry 17 of the journal is of version {version}; {JournalFault.ThisProgram} reads versions 1 to 2. Go on with CoAgent 7.8.9, or a later one.",
            Assert.Throws<JournalException>(() => JournalCodec.Decode(stored, number: 17, writer: "CoAgent 7.8.9")).Message);
        Assert.EndsWith(
            "Go on with the program that wrote it, or a later one.",
            Assert.Throws<JournalException>(() => JournalCodec.Decode(stored, number: 17, writer: null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_kind_is_refused()
    {
        var body = new FieldWriter(64);
        body.Time(At);
        body.Seal(JournalCodec.SeedOf(JournalCodec.Version, kind: 99, call: null));
        var stored = new StoredEntry(JournalCodec.Version, Kind: 99, Call: null, body.Written, Detail: default);
        Assert.Equal(
            $"Entry 17 of the journal is of kind 99, which {JournalFault.ThisProgram} does not know. Go on with the program that wrote it, or a later one.",
            Assert.Throws<JournalException>(() => JournalCodec.Decode(stored, number: 17, writer: null)).Message);
    }

    private static void ForAll(Action<Random> claim) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(RunCount).WithReplay(Seed, 1),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => claim(new Random(seed))));

    private static string InputOf(JournalEntry entry) => entry switch
    {
        JournalEntry.Taken taken => Dump.Of(taken.Input),
        JournalEntry.Proposed proposed => Dump.Of(new object[] { proposed.Input, proposed.Call.Id, proposed.Call.Agent }),
        JournalEntry.Ended ended => Dump.Of(new object[] { ended.Input, ended.Call }),
        JournalEntry.Prepared prepared => Dump.Of(new object[] { prepared.Effect, prepared.Call, prepared.Before.Contents }),
        _ => Dump.Of(entry),
    };

    /// <summary>One byte is another, or the end is missing, or there is more.</summary>
    private static byte[] Damage(ReadOnlyMemory<byte> bytes, Random random)
    {
        var damaged = bytes.ToArray();
        var at = random.Next(damaged.Length);
        switch (random.Next(3))
        {
            case 0:
                damaged[at] ^= (byte)random.Next(1, 256);
                return damaged;
            case 1:
                return damaged[..at];
            default:
                return [.. damaged, (byte)random.Next(256)];
        }
    }

    private static byte[] Resealed(ReadOnlyMemory<byte> bytes, StoredEntry stored, Random random)
    {
        if (bytes.Length <= sizeof(uint))
        {
            return bytes.ToArray();
        }

        var content = Damage(bytes[..^sizeof(uint)], random);
        var checksum = Checksum.Of(content, JournalCodec.SeedOf(stored.Version, stored.Kind, stored.Call));
        return [.. content, .. BitConverter.GetBytes(checksum)];
    }
}
