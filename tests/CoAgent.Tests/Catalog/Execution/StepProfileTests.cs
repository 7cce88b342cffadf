using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Catalog.Execution;

/// <summary>Writes that are captured, guarded and taken back by steps.</summary>
public sealed class StepProfileTests
{
    private readonly NoteServer _server = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_is_taken_back_as_its_manifest_says(bool isKnown)
    {
        var captured = await _server.SetAsync(isKnown: isKnown);
        Assert.Equal(new Inversion.Done(), await _server.InvertAsync(captured));
        Assert.Equal("old", _server.Notes["n"]);
    }

    [Fact]
    public async Task An_inverse_is_given_what_held_when_its_call_was_captured_also_by_another_daemon()
    {
        _server.Restart("name", "text");
        var captured = await _server.SetAsync();
        _server.Printed = "elsewhere";
        _server.Restart("name", "text", "suffix");

        Assert.Equal(new Inversion.Done(), await _server.InvertAsync(captured));

        Assert.Equal(("here", "none"), _server.Removed);
    }

    [Fact]
    public async Task Of_the_profiles_values_those_are_kept_that_the_inverse_names()
    {
        var captured = await _server.SetAsync();

        var kept = Encoding.UTF8.GetString(captured.Before.ManifestUtf8.Span);

        Assert.Contains("\"place\"", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("unused", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_there_before_is_gone_again()
    {
        _server.Notes.Remove("n");
        var captured = await _server.SetAsync();
        Assert.Equal(new Inversion.Done(), await _server.InvertAsync(captured));
        Assert.Empty(_server.Notes);
    }

    [Fact]
    public async Task What_somebody_outside_wrote_is_not_touched()
    {
        var captured = await _server.SetAsync();
        _server.Notes["n"] = "outside";
        Assert.Equal(new Inversion.OutsideWrite(), await _server.InvertAsync(captured));
        Assert.Equal("outside", _server.Notes["n"]);
    }

    [Fact]
    public async Task An_inverse_that_ran_before_the_daemon_died_is_done()
    {
        var captured = await _server.SetAsync();
        _server.Notes["n"] = "old";
        Assert.Equal(new Inversion.Done(), await _server.InvertAsync(captured));
        Assert.Equal("old", _server.Notes["n"]);
    }

    [Fact]
    public async Task An_inverse_that_failed_halfway_goes_on()
    {
        var captured = await _server.SetAsync();
        _server.Next = ("set", new Runtime.Tools.Execution.NotDone("busy"));
        Assert.IsType<Inversion.Failed>(await _server.InvertAsync(captured));
        Assert.False(_server.Notes.ContainsKey("n"));

        Assert.Equal(new Inversion.Done(), await _server.InvertAsync(captured));
        Assert.Equal("old", _server.Notes["n"]);
    }

    [Fact]
    public async Task An_inverse_whose_call_was_not_answered_is_unknown()
    {
        var captured = await _server.SetAsync();
        _server.Next = ("remove", new Runtime.Tools.Execution.Unknown("it took too long"));
        Assert.IsType<Inversion.Unknown>(await _server.InvertAsync(captured));
    }

    [Fact]
    public async Task Whether_a_call_happened_is_told_only_where_it_is_certain()
    {
        Assert.Equal(Finding.DidNotHappen, await _server.ProbeAsync(await _server.SetAsync(isDone: false, isKnown: false)));
        Assert.Equal(Finding.Unclear, await _server.ProbeAsync(await _server.SetAsync(isKnown: false)));
    }

    [Fact]
    public void A_write_that_is_captured_by_steps_is_not_put_beneath_another()
    {
        var known = Assert.IsType<Declaring.Known>(_server.Profile.Declare(
            new ListedTool("set", Definition: null), JsonElement.Parse("""{"name":"n","text":""}""")));
        Assert.True(known.Declaration.Call.Footprint.ReadsWhatItWrites);
    }

    [Theory]
    [InlineData("""{"text":"a","at":1}""", """{"text":"a","at":2}""", true)]
    [InlineData("""{"text":"a","at":1}""", """{"text":"b","at":1}""", false)]
    [InlineData("""{"at":1,"at":2}""", """{"at":1,"at":3}""", false)]
    public void Members_that_are_no_state_are_not_compared(string was, string now, bool isSame)
    {
        Assert.Equal(isSame, DigestOf(was) == DigestOf(now));

        string DigestOf(string structured) => ResultText.DigestOf(_server.Profile.Compared(
            "set", new ToolResult(ToolResultKind.Answer, Encoding.UTF8.GetBytes($$"""{"structuredContent":{{structured}}}""")))).ToString()!;
    }
}
