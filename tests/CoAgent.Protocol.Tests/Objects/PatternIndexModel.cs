using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

/// <summary>An index and the plain list that it must agree with, both changed by the same random steps.</summary>
internal sealed class PatternIndexModel(int seed)
{
    private readonly Random _random = new(seed);
    private readonly PatternIndex<int, string> _index = new();
    private readonly List<Entry> _entries = [];
    private int _step;

    private string At => $"seed {seed}, step {_step}";

    /// <summary>Adds an entry, or removes one and tries to remove another that may never have been added.</summary>
    internal void Change()
    {
        _step++;
        if (_random.Next(3) > 0 || _entries.Count == 0)
        {
            var entry = new Entry(_random.NextAccess(), _random.NextPattern(), _random.Next(10), $"v{_random.Next(4)}");
            _index.Add(entry.Access, entry.Pattern, entry.Key, entry.Value);
            _entries.Add(entry);
        }
        else
        {
            var entry = _entries[_random.Next(_entries.Count)];
            Remove(entry with { Key = _random.Next(10) });
            Remove(entry with { Access = _random.NextAccess() });
            RemoveAny();
        }
    }

    internal void RemoveAll()
    {
        while (_entries.Count > 0)
        {
            RemoveAny();
        }
    }

    /// <summary>Asks both the same random question.</summary>
    internal void Ask()
    {
        var (wanted, pattern, floor) = ((Access)_random.Next(16), _random.NextPattern(), _random.Next(-1, 10));
        var (all, above) = (new List<string>(), new List<string>());
        _index.CollectAll(wanted, pattern, all);
        _index.CollectAbove(wanted, pattern, floor, above);

        var overlapping = _entries
            .Where(entry => (entry.Access & wanted) != Access.None && RandomPatterns.Meet(entry.Pattern, pattern))
            .ToList();
        AssertSame(overlapping, all, $"{At}: {wanted} {pattern}");
        AssertSame(overlapping.Where(entry => entry.Key > floor), above, $"{At}: {wanted} {pattern} above {floor}");
    }

    internal void CountNodes()
    {
        _index.CollectAll(Access.Write, ObjectPattern.Everything, []); // objects get their places with this
        var named = _entries.SelectMany(entry => PathTo(entry.Pattern.Id)).Distinct();
        Assert.True(_index.NodeCount == named.Count(), At);
    }

    private static void AssertSame(IEnumerable<Entry> expected, List<string> found, string at) =>
        Assert.True(expected.Select(entry => entry.Value).Order().SequenceEqual(found.Order()), at);

    private static IEnumerable<string> PathTo(ObjectId? id) => id is null
        ? []
        : Enumerable.Range(1, RandomPatterns.SegmentsOf(id).Length)
            .Select(depth => string.Join('|', RandomPatterns.SegmentsOf(id).Take(depth)));

    private void RemoveAny()
    {
        if (_entries.Count > 0)
        {
            Remove(_entries[_random.Next(_entries.Count)]);
        }
    }

    private void Remove(Entry entry)
    {
        Assert.True(_index.Remove(entry.Access, entry.Pattern, entry.Key, entry.Value) == _entries.Remove(entry), At);
        Assert.True(_index.Count == _entries.Count, At);
    }

    private sealed record Entry(Access Access, ObjectPattern Pattern, int Key, string Value);
}
