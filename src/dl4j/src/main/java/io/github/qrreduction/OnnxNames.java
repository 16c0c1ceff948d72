package io.github.qrreduction;

import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.SparseTensorProto;
import onnx.Onnx.TensorAnnotation;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;

/** Names in an ONNX graph: of values and nodes, in the graphs within its nodes too, which see the names around them. */
final class OnnxNames {
    private OnnxNames() {}

    /** Adds every name of a graph to a set. */
    static void addAll(GraphProto graph, Set<String> names) {
        graph.getInputList().stream().map(ValueInfoProto::getName).forEach(names::add);
        graph.getOutputList().stream().map(ValueInfoProto::getName).forEach(names::add);
        graph.getValueInfoList().stream().map(ValueInfoProto::getName).forEach(names::add);
        graph.getInitializerList().stream().map(TensorProto::getName).forEach(names::add);
        for (SparseTensorProto sparse : graph.getSparseInitializerList()) {
            names.add(sparse.getValues().getName());
        }
        for (NodeProto node : graph.getNodeList()) {
            names.add(node.getName());
            names.addAll(node.getInputList());
            names.addAll(node.getOutputList());
            for (AttributeProto attribute : node.getAttributeList()) {
                if (attribute.hasG()) {
                    addAll(attribute.getG(), names);
                }
                attribute.getGraphsList().forEach(g -> addAll(g, names));
            }
        }
    }

    /** Renames a value: where it is made and where it is read, but for the graph's own outputs. */
    static void rename(GraphProto.Builder graph, String from, String to) {
        for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(from)) {
                    node.setInput(i, to);
                }
            }
            for (int i = 0; i < node.getOutputCount(); i++) {
                if (node.getOutput(i).equals(from)) {
                    node.setOutput(i, to);
                }
            }
            for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                if (attribute.hasG()) {
                    renameWithin(attribute.getGBuilder(), from, to);
                }
                attribute.getGraphsBuilderList().forEach(g -> renameWithin(g, from, to));
            }
        }
        for (ValueInfoProto.Builder value : graph.getValueInfoBuilderList()) {
            if (value.getName().equals(from)) {
                value.setName(to);
            }
        }
        for (TensorAnnotation.Builder annotation : graph.getQuantizationAnnotationBuilderList()) {
            if (annotation.getTensorName().equals(from)) {
                annotation.setTensorName(to);
            }
        }
    }

    /** A graph within a node may put out what the graph around it has made. */
    private static void renameWithin(GraphProto.Builder graph, String from, String to) {
        rename(graph, from, to);
        for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
            if (output.getName().equals(from)) {
                output.setName(to);
            }
        }
    }
}
