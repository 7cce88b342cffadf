using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.ToolSmith.Tests.Verification;

/// <summary>Changes in the answers to state reads, and the declared writes that name them.</summary>
public sealed class NamedChangeTests
{
    private const string Graph = """
        {"entities":[{"name":"Alice","kind":"person"},{"name":"Bob","kind":"person"}],"relations":[{"from":"Alice","to":"Bob","relationType":"knows"}],"count":2}
        """;

    private const string WithoutAlice = """{"entities":[{"name":"Bob","kind":"person"}],"relations":[],"count":2}""";
    private const string AliceIsRobot = """
        {"count":2,"relations":[{"to":"Bob","from":"Alice","relationType":"knows"}],"entities":[{"name":"Bob","kind":"person"},{"name":"Alice","kind":"robot"}]}
        """;

    // Another entity that happens to hold the name.
    private const string NotedAlice = """
        {"entities":[{"name":"Alice","kind":"person"},{"name":"Bob","kind":"person"},{"name":"last","kind":"Alice"}],"relations":[{"from":"Alice","to":"Bob","relationType":"knows"}],"count":2}
        """;

    [Theory]
    [InlineData(WithoutAlice, "mcp:m/entities/Alice mcp:m/entities/* mcp:m/relations/Alice/knows/Bob mcp:m/relations/*", "Named Named")]
    [InlineData(WithoutAlice, "mcp:m/**", "Named Named")]
    [InlineData(WithoutAlice, "**", "Named Named")]
    [InlineData(WithoutAlice, "mcp:m/entities/Alice mcp:m/entities/*", "Named NotNamed")]
    [InlineData(WithoutAlice, "mcp:m/entities/Alice mcp:m/entities/* mcp:m/relations/**", "Named Named")]
    [InlineData(WithoutAlice, "mcp:m/entities/Alice mcp:m/relations/**", "NotNamed Named")]
    [InlineData(WithoutAlice, "mcp:m/entities/Bob mcp:m/entities/* mcp:m/relations/**", "NotNamed Named")]
    [InlineData(WithoutAlice, "mcp:m/graph", "NotMatched NotMatched")]
    [InlineData(WithoutAlice, "", "NotNamed NotNamed")]
    [InlineData(AliceIsRobot, "mcp:m/entities/name=Alice", "Named")]
    [InlineData(AliceIsRobot, "mcp:m/entities/*", "NotNamed")]
    [InlineData(AliceIsRobot, "mcp:m/entities/robot", "Named")]
    [InlineData(NotedAlice, "mcp:m/entities/Alice mcp:m/entities/*", "NotNamed")]
    [InlineData(NotedAlice, "mcp:m/entities/last mcp:m/entities/*", "Named")]
    [InlineData(AliceIsRobot, "mcp:m/entities/Bob", "NotNamed")]
    [InlineData(AliceIsRobot, "mcp:m/relations/**", "NotNamed")]
    public void A_change_is_named_by_the_writes_that_use_its_names(string after, string writes, string expected)
    {
        var (was, now) = (Answer(Graph), Answer(after));
        var names = new NamedChanges(writes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ObjectPattern.Parse), [was, now]);

        Assert.Equal(expected, string.Join(' ', was.DifferenceTo(now).Changes.Select(names.Find)));
    }

    [Fact]
    public void Another_order_is_no_change_and_is_told()
    {
        var difference = Answer("""{"x":[{"name":"a"},{"name":"b"}]}""").DifferenceTo(Answer("""{"x":[{"name":"b"},{"name":"a"}]}"""));

        Assert.Empty(difference.Changes);
        Assert.True(difference.IsOrderOther);
    }

    [Theory]
    [InlineData("[1,1,2]", "[1,2,2]", 2)]
    [InlineData("[1,2]", "[1,2,2]", 1)]
    [InlineData("""{"a":1}""", """{"b":1}""", 2)]
    [InlineData("""{"a":{"b":[1]}}""", """{"a":{"b":1}}""", 1)]
    [InlineData("""[{"id":1,"v":1},{"id":2,"v":1}]""", """[{"id":2,"v":1},{"id":1,"v":2}]""", 1)]
    [InlineData("""[{"v":1},{"v":1}]""", """[{"v":1}]""", 1)]
    [InlineData("null", "null", 0)]
    public void Differences_are_counted_once(string before, string after, int count) =>
        Assert.Equal(count, Answer(before).DifferenceTo(Answer(after)).Changes.Length);

    private static StateAnswer Answer(string json) => new("read", json, JsonElement.Parse(json));
}
