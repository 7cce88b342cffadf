using System.Text;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Catalog.Folder;

public sealed class CaptureEnvelopeTests
{
    private static readonly Content s_manifest = Content.Of("tool: a"u8.ToArray());
    private static readonly Content s_profile = Content.Of("profile: p"u8.ToArray());
    private static readonly Capture s_capture = new("{\"a\":1}"u8.ToArray(), [Content.Of("one"u8.ToArray())]);

    [Fact]
    public void A_manifest_lies_beside_the_capture_and_comes_off_again()
    {
        var enveloped = CaptureEnvelope.Around(s_capture, s_manifest, s_profile);

        Assert.Equal(new CaptureEnvelope(s_manifest.Id, s_profile.Id), CaptureEnvelope.Of(enveloped));
        Assert.Equal([s_capture.Contents[0].Id, s_manifest.Id, s_profile.Id], enveloped.Contents.Select(static content => content.Id));
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(CaptureEnvelope.Inside(enveloped).ManifestUtf8.Span));
        Assert.Same(s_capture.Contents[0], Assert.Single(CaptureEnvelope.Inside(enveloped).Contents));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#manifest 1 ")]
    [InlineData("{\"objects\":[\"a long manifest of a capture that somebody else has made, for something else\"]}")]
    [InlineData("#manifest 2 00000000000000000000000000000001 00000000000000000000000000000002\n{}")]
    public void A_capture_of_anybody_else_is_let_be(string manifest)
    {
        var capture = new Capture(Encoding.UTF8.GetBytes(manifest), []);

        Assert.Null(CaptureEnvelope.Of(capture));
        Assert.Same(capture, CaptureEnvelope.Inside(capture));
    }

    [Fact]
    public void What_others_look_into_comes_bare()
    {
        var call = new NamedCall(new CallId(1), AgentId.Create("a"), new ToolRequest("s", "t", "{}"u8.ToArray()));
        var captured = new Captured(CaptureEnvelope.Around(s_capture, s_manifest, s_profile), "left"u8.ToArray());

        var write = CaptureEnvelope.Inside(new WriteEffect(call, IsReplay: false, captured));
        var read = CaptureEnvelope.Inside(new ReadEffect(call, [new HiddenWrite(call, captured)], IsReread: false));

        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(write.Beneath!.Before.ManifestUtf8.Span));
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(read.Hidden[0].Captured.Before.ManifestUtf8.Span));
        Assert.Equal("left", Encoding.UTF8.GetString(write.Beneath.AfterUtf8.Span));
    }
}
