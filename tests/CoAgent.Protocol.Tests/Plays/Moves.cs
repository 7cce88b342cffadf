using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;

namespace CoAgent.Protocol.Tests.Plays;

/// <summary>The calls that agents make in plays. Objects are <c>x</c>, <c>y</c>, or <c>dep/a</c> in a folder.</summary>
internal static class Moves
{
    public const string Absent = "none";
    public const string Ok = "ok";
    public const string Error = "error";

    public static Move Read(string name) =>
        Call($"read {name}", [name], [], world => world.TryGetValue(name, out var text) ? text : Absent);

    /// <summary>Names, with a comma between, what in a folder holds a text.</summary>
    public static Move Find(string folder, string text) => Call(
        $"find {text} in {folder}",
        [$"{folder}/**"],
        [],
        world => Names(world.Where(pair => IsIn(folder, pair.Key) && pair.Value == text)));

    /// <summary>Names, with a comma between, what is in a folder.</summary>
    public static Move List(string folder) => Call(
        $"list {folder}",
        [$"{folder}/*"],
        [],
        world => Names(world.Where(pair => IsIn(folder, pair.Key))));

    /// <summary>Gives an object that is there a content, whatever it held.</summary>
    public static Move Set(string name, object value) => Call(
        $"set {name} {value}", [], [name], world => Put(world, name, $"{value}"), name);

    /// <summary>Puts an object into a folder, or another content into one that is there.</summary>
    public static Move Create(string name, object value) => Call(
        $"create {name} {value}", [], [name, ListingAbove(name)], world => Put(world, name, $"{value}"), name);

    public static Move Delete(string name) => Call(
        $"delete {name}",
        [],
        [name, ListingAbove(name)],
        world =>
        {
            world.Remove(name);
            return Ok;
        },
        name);

    public static Move Append(string name, string text) => Call(
        $"append {text} to {name}",
        [name],
        [name],
        world => Put(world, name, world.TryGetValue(name, out var old) ? old + text : text),
        name);

    public static Move Copy(string from, string to) => Call(
        $"copy {from} to {to}",
        [from],
        [to],
        world => Put(world, to, world.TryGetValue(from, out var text) ? text : Absent),
        to);

    /// <summary>Moves one item from one number to another.</summary>
    public static Move Shift(string from, string to, int number) => Call(
        $"shift item {number} from {from} to {to}",
        [from, to],
        [from, to],
        world =>
        {
            world[from] = $"{long.Parse(world[from]) - 1}";
            return Put(world, to, $"{long.Parse(world[to]) + 1}");
        },
        from,
        to);

    /// <summary>
    /// Replaces a text in an object. Without the object it fails; without the text it fails halfway and leaves a mark.
    /// </summary>
    public static Move Edit(string name, string old, string now) => Call(
        $"edit {name} {old} to {now}",
        [name],
        [name],
        world =>
        {
            if (!world.TryGetValue(name, out var text))
            {
                return Error;
            }

            var isThere = text.Contains(old, StringComparison.Ordinal);
            Put(world, name, isThere ? text.Replace(old, now, StringComparison.Ordinal) : text + "!");
            return isThere ? Ok : Error;
        },
        name);

    /// <summary>Puts a row into a table under the lowest number that is free, and answers the number.</summary>
    public static Move Insert(string table, string row) => Call(
        $"insert {row} into {table}",
        [$"{table}/**"],
        [$"{table}/**"],
        world =>
        {
            var number = 1;
            while (world.ContainsKey($"{table}/{number}"))
            {
                number++;
            }

            Put(world, $"{table}/{number}", row);
            return $"{number}";
        },
        table + "/");

    /// <summary>Sends a text; it cannot be taken back.</summary>
    public static Move Send(string text)
    {
        var move = Append("outbox", text + ";").As(declaration => declaration with { IsIrreversible = true });
        return move with { Text = $"send {text}" };
    }

    private static Move Call(
        string text,
        string[] reads,
        string[] writes,
        Func<IDictionary<string, string>, string> act,
        params string[] touches) =>
        new(MoveKind.Call, text, () => Declare(reads, writes))
        {
            Act = act,
            Touches = [.. touches],
        };

    private static string Put(IDictionary<string, string> world, string name, string text)
    {
        world[name] = text;
        return Ok;
    }

    private static CallDeclaration Declare(string[] reads, string[] writes) =>
        new(Footprint.Create(reads.Select(Pattern), writes.Select(Pattern)));

    private static string Names(IEnumerable<KeyValuePair<string, string>> objects) =>
        string.Join(',', objects.Select(pair => pair.Key));

    private static ObjectPattern Pattern(string text) => ObjectPattern.Parse($"t:{text}");

    private static string ListingAbove(string name) => name[..name.LastIndexOf('/')] + "/*";

    private static bool IsIn(string folder, string name) => name.StartsWith(folder + "/", StringComparison.Ordinal);
}
