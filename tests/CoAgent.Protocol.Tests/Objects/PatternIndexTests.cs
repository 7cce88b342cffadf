using CoAgent.Protocol.Objects;

namespace CoAgent.Protocol.Tests.Objects;

public sealed class PatternIndexTests
{
    [Fact]
    public void What_is_found_is_what_a_search_through_all_entries_finds()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var model = new PatternIndexModel(seed);
            for (var step = 0; step < 150; step++)
            {
                model.Change();
                model.Ask();
            }
        }
    }

    [Fact]
    public void Each_object_that_holds_entries_or_lies_above_some_has_one_node_and_no_other_has()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var model = new PatternIndexModel(seed);
            for (var step = 0; step < 60; step++)
            {
                model.Change();
                model.CountNodes();
            }
        }
    }

    [Fact]
    public void When_all_is_removed_in_any_order_nothing_is_left()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var model = new PatternIndexModel(seed);
            for (var step = 0; step < 60; step++)
            {
                model.Change();
            }

            model.RemoveAll();
            model.CountNodes();
            model.Ask();
        }
    }

    // The table grows and shrinks again meanwhile.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3000)]
    public void Many_objects_under_one_are_found_and_leave_nothing_behind(int count)
    {
        var random = new Random(count);
        var index = new PatternIndex<int, int>();
        var order = Enumerable.Range(0, count).ToArray();
        foreach (var n in order)
        {
            index.Add(Access.Write, Child(n), n, n);
        }

        Assert.Equal(order, Found(index, ObjectPattern.Parse("x:a/**")).Order());
        random.Shuffle(order);
        for (var done = 0; done < count; done++)
        {
            Assert.Equal([order[done]], Found(index, Child(order[done])));
            Assert.Equal(count - done, Found(index, ObjectPattern.Parse("x:a/**")).Count);
            Assert.True(index.Remove(Access.Write, Child(order[done]), order[done], order[done]));
            Assert.Empty(Found(index, Child(order[done])));
        }

        Assert.Equal((0, 0), (index.Count, index.NodeCount));
        Assert.InRange(index.Room, 0, PatternIndex<int, int>.RoomMin);
    }

    [Fact]
    public void Objects_have_their_places_from_the_first_subtree_on_until_nothing_is_left()
    {
        var index = new PatternIndex<int, int>();
        for (var round = 0; round < 2; round++)
        {
            index.Add(Access.Write, ObjectPattern.Parse("x:a/b/c"), 1, 1);
            index.Add(Access.Write, ObjectPattern.Parse("x:a"), 1, 2);
            Assert.Equal(2, index.NodeCount);
            index.Add(Access.Write, ObjectPattern.Parse("x:a/b/**"), 1, 3);
            Assert.Equal(4, index.NodeCount);
            index.Add(Access.Write, ObjectPattern.Parse("x:a/d/e"), 1, 4);
            Assert.Equal(6, index.NodeCount);
            Assert.Equal([1, 3], Found(index, ObjectPattern.Parse("x:a/b/c")).Order());
            Assert.Equal([1, 2, 3, 4], Found(index, ObjectPattern.Parse("x:a/**")).Order());
            foreach (var (text, value) in new[] { ("x:a", 2), ("x:a/b/**", 3), ("x:a/d/e", 4), ("x:a/b/c", 1) })
            {
                Assert.True(index.Remove(Access.Write, ObjectPattern.Parse(text), 1, value));
            }

            Assert.Equal(0, index.NodeCount);
        }
    }

    [Fact]
    public void Entries_of_one_object_come_in_the_order_of_their_keys_and_then_of_their_adding()
    {
        var index = new PatternIndex<int, string>();
        var pattern = ObjectPattern.Parse("x:a");
        foreach (var (key, value) in new[] { (3, "d"), (1, "a"), (2, "b"), (3, "e"), (2, "c") })
        {
            index.Add(Access.Write, pattern, key, value);
        }

        Assert.Equal(["a", "b", "c", "d", "e"], Found(index, pattern));
        Assert.Equal(["d", "e"], FoundAbove(index, pattern, 2));
        Assert.Empty(FoundAbove(index, pattern, 3));
    }

    [Fact]
    public void What_was_not_added_is_not_removed()
    {
        var index = new PatternIndex<int, string>();
        index.Add(Access.Write, ObjectPattern.Parse("x:a/b"), 1, "v");

        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a/b"), 1, "w"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a/b"), 2, "v"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a/b/*"), 1, "v"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a/b/**"), 1, "v"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a"), 1, "v"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Parse("x:a/b/c"), 1, "v"));
        Assert.False(index.Remove(Access.Write, ObjectPattern.Everything, 1, "v"));
        Assert.Equal(["v"], Found(index, ObjectPattern.Everything));
        Assert.Equal((1, 3), (index.Count, index.NodeCount));
    }

    [Fact]
    public void An_entry_is_removed_only_as_what_it_was_added()
    {
        var index = new PatternIndex<int, string>();
        var pattern = ObjectPattern.Parse("x:a");
        index.Add(Access.Read, pattern, 1, "v");
        index.Add(Access.Input, pattern, 1, "v");

        Assert.False(index.Remove(Access.Write, pattern, 1, "v"));
        Assert.True(index.Remove(Access.Read, pattern, 1, "v"));
        Assert.False(index.Remove(Access.Read, pattern, 1, "v"));
        Assert.Equal((1, 1), (index.Count, index.NodeCount));
    }

    [Fact]
    public void An_entry_that_was_added_twice_is_found_and_removed_twice()
    {
        var index = new PatternIndex<int, string>();
        var pattern = ObjectPattern.Parse("x:a/*");
        index.Add(Access.Write, pattern, 1, "v");
        index.Add(Access.Write, pattern, 1, "v");

        Assert.Equal(["v", "v"], Found(index, pattern));
        Assert.True(index.Remove(Access.Write, pattern, 1, "v"));
        Assert.Equal(["v"], Found(index, pattern));
        Assert.True(index.Remove(Access.Write, pattern, 1, "v"));
        Assert.False(index.Remove(Access.Write, pattern, 1, "v"));
        Assert.Equal((0, 0), (index.Count, index.NodeCount));
    }

    [Fact]
    public void The_deepest_object_is_found_from_everything()
    {
        var deepest = ObjectPattern.Parse("x:" + string.Join('/', Enumerable.Repeat("a", ObjectId.SegmentsMax - 1)));
        var index = new PatternIndex<int, string>();
        index.Add(Access.Write, deepest, 1, "v");

        Assert.Equal(["v"], Found(index, ObjectPattern.Everything));
        Assert.Equal(ObjectId.SegmentsMax, index.NodeCount);
        Assert.True(index.Remove(Access.Write, deepest, 1, "v"));
        Assert.Equal(0, index.NodeCount);
    }

    [Fact]
    public void A_question_that_finds_nothing_allocates_nothing()
    {
        var index = new PatternIndex<int, string>();
        for (var n = 0; n < 100; n++)
        {
            index.Add(Access.Write, Child(n), n, "v");
        }

        index.Add(Access.Write, ObjectPattern.Everything, 1, "v"); // what reaches down is looked for
        var questions = new[] { "x:a/7", "x:a/7/b", "x:a/*", "x:a/**", "x:b/c", "**" }.Select(ObjectPattern.Parse).ToArray();
        var into = new List<string>();
        Ask(); // what the runtime allocates once is not counted

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Empty(into);

        void Ask()
        {
            foreach (var question in questions)
            {
                index.CollectAbove(Access.Write, question, 100, into);
            }
        }
    }

    private static ObjectPattern Child(int n) => ObjectPattern.Parse($"x:a/{n}");

    private static List<TValue> Found<TValue>(PatternIndex<int, TValue> index, ObjectPattern pattern)
    {
        var into = new List<TValue>();
        index.CollectAll(Access.Write, pattern, into);
        return into;
    }

    private static List<TValue> FoundAbove<TValue>(PatternIndex<int, TValue> index, ObjectPattern pattern, int floor)
    {
        var into = new List<TValue>();
        index.CollectAbove(Access.Write, pattern, floor, into);
        return into;
    }
}
